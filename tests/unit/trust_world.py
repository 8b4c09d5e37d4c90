"""A tenant whose users sign in with certificates, and where all is as it should be."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shared.errors import Failure, NotFound
from shared.flows.crl_check import CrlCheck
from shared.flows.ports import Clock
from shared.flows.trust_watch import TrustWatch
from shared.flows.trusting import OneTrust, Trusting
from shared.records.announcements import Announcements
from shared.records.trust_records import TrustRecords
from shared.trust.account import Account, SignIn
from shared.trust.authority import Authority
from shared.trust.crl_trouble import CrlTrouble, Unfetched
from shared.trust.federation import Domain, PromptLogin
from shared.trust.method import (
    Binding,
    CertificateField,
    CertificateMethod,
    Mode,
    Target,
    UserProperty,
)
from tests.unit.builders import NOW, TENANT
from tests.unit.stand_ins import FakeTable
from tests.unit.trust import pki
from tests.unit.trust_watch_world import FakeTrustEvents

ADELE = Account(
    directory_id="5b2c1d0e-0000-4000-8000-00000000ade1",
    upn=pki.UPN,
    mail=pki.MAIL,
    addresses=(pki.UPN, pki.MAIL),
    is_enabled=True,
    sessions_valid_from=NOW - timedelta(days=30),
)
CAME_IN = SignIn(at=NOW - timedelta(hours=1), by_certificate=True, error_code=0, app_name="Mail")
METHOD = CertificateMethod(
    is_enabled=True,
    bindings=(
        Binding(
            certificate_field=CertificateField.PRINCIPAL_NAME,
            user_property=UserProperty.UPN,
            priority=1,
        ),
    ),
    default_mode=Mode.MULTI_FACTOR,
    include=(Target(id="all_users"),),
)
PERMISSIONS = frozenset(
    {"User.RevokeSessions.All", "User.EnableDisableAccount.All", "User.Read.All"}
)


@dataclass
class FakeTenant:
    """What one tenant's directory and its Exchange say; *down* has what cannot be read."""

    pki: tuple[Authority, ...] = field(default_factory=lambda: (pki.a_root(), pki.an_issuing()))
    classic: tuple[Authority, ...] = ()
    method: CertificateMethod = METHOD
    listed_domains: tuple[Domain, ...] = (
        Domain(name="contoso.com", is_federated=False, is_verified=True),
    )
    people: tuple[Account, ...] = (ADELE,)
    log: tuple[SignIn, ...] = (CAME_IN,)
    held: frozenset[str] = PERMISSIONS
    is_modern: bool | None = True
    down: dict[str, Failure] = field(default_factory=dict)  # by the names of the methods
    asked: list[str] = field(default_factory=list)

    def _ask(self, name: str) -> None:
        self.asked.append(name)
        if name in self.down:
            raise self.down[name]

    def authorities(self) -> tuple[Authority, ...]:
        """Return the PKI store."""
        self._ask("authorities")
        return self.pki

    def classic_authorities(self) -> tuple[Authority, ...]:
        """Return the classic store."""
        self._ask("classic_authorities")
        return self.classic

    def certificate_method(self) -> CertificateMethod:
        """Return the method."""
        self._ask("certificate_method")
        return self.method

    def domains(self) -> tuple[Domain, ...]:
        """Return the domains."""
        self._ask("domains")
        return self.listed_domains

    def account(self, user: str) -> Account:
        """Return who has this UPN."""
        self._ask("account")
        for each in self.people:
            if each.upn == user:
                return each
        raise NotFound(f"there is no user {user}")

    def sign_ins(self, directory_id: str, since: datetime, at_most: int) -> tuple[SignIn, ...]:
        """Return somebody's sign-ins."""
        self._ask("sign_ins")
        assert directory_id in {each.directory_id for each in self.people}
        assert since < NOW
        return self.log[:at_most]

    def permissions(self) -> frozenset[str]:
        """Return what our own token carries."""
        self._ask("permissions")
        return self.held

    def modern_authentication(self) -> bool | None:
        """Return what Exchange says."""
        self._ask("modern_authentication")
        return self.is_modern

    def add_authority(self, authority: Authority) -> None:
        """Add one."""
        self._ask("add_authority")
        self.pki = (*self.pki, authority)

    def remove_authority(self, authority: Authority) -> None:
        """Remove one."""
        self._ask("remove_authority")
        self.pki = tuple(each for each in self.pki if each.thumbprint != authority.thumbprint)

    def set_crl(self, authority: Authority, crl_url: str, delta_crl_url: str) -> None:
        """Set its addresses."""
        self._ask("set_crl")
        self.pki = tuple(
            replace(each, crl_url=crl_url, delta_crl_url=delta_crl_url)
            if each.thumbprint == authority.thumbprint
            else each
            for each in self.pki
        )

    def replace_classic(
        self, authorities: Sequence[Authority], *, kept: Sequence[Authority] | None = None
    ) -> None:
        """Replace them all."""
        del kept
        self._ask("replace_classic")
        self.classic = tuple(authorities)

    def set_certificate_method(self, method: CertificateMethod) -> None:
        """Set all of it."""
        self._ask("set_certificate_method")
        self.method = method

    def set_prompt_login(self, domain: str, behavior: PromptLogin | None) -> None:
        """Nobody does here."""
        raise AssertionError((domain, behavior))

    def revoke_sessions(self, directory_id: str) -> None:
        """Nobody does here."""
        raise AssertionError(directory_id)

    def set_enabled(self, directory_id: str, *, enabled: bool) -> None:
        """Nobody does here."""
        raise AssertionError((directory_id, enabled))

    def set_modern_authentication(self, *, enabled: bool) -> None:
        """Set it."""
        self._ask("set_modern_authentication")
        self.is_modern = enabled


@dataclass
class FakeLists:
    """What stands at the addresses of lists."""

    lists: dict[str, bytes | CrlTrouble] = field(
        default_factory=lambda: {
            pki.url_of(name): pki.a_list(name) for name in (pki.ROOT, pki.ISSUING)
        }
    )
    asked: list[str] = field(default_factory=list)

    def fetch(self, url: str) -> bytes:
        """Return a list."""
        self.asked.append(url)
        found = self.lists[url]
        if isinstance(found, CrlTrouble):
            raise Unfetched(found, "it did not come")
        return found


@dataclass
class TrustWorld:
    """One tenant or more, and the lists of their authorities."""

    clock: Clock
    tenants: dict[str, FakeTenant] = field(default_factory=lambda: {TENANT: FakeTenant()})
    lists: FakeLists = field(default_factory=FakeLists)
    may_write: bool = True
    watched: frozenset[str] = frozenset()  # tenants
    events: FakeTrustEvents = field(default_factory=FakeTrustEvents)
    table: FakeTable = field(default_factory=FakeTable)

    @property
    def trusting(self) -> Trusting:
        """Return the stories' view of it."""
        crls = CrlCheck(source=self.lists, clock=self.clock)
        return Trusting(
            tenants={
                name: OneTrust(directory=each, organization=each, may_write=self.may_write)
                for name, each in self.tenants.items()
            },
            crls=crls,
            watching=TrustWatch(
                watched={name: self.tenants[name] for name in self.watched},
                crls=crls,
                followed=TrustRecords(self.table),
                stages=Announcements(self.table),
                events=self.events,
                clock=self.clock,
            ),
            clock=self.clock,
        )
