"""Which adapter stands behind which port; imported when the first message comes, not before."""

from dataclasses import dataclass
from functools import cached_property, partial

from azure.core.credentials import TokenCredential
from azure.identity import ManagedIdentityCredential

from shared import azure_clients, config, health, inventories, trusting
from shared.config import Settings
from shared.credentials.certificate import REQUIRED_ROLE, App
from shared.directory.applications import Applications
from shared.directory.own_registration import OwnRegistration
from shared.directory.people import People
from shared.directory.subscriptions import Subscriptions
from shared.directory.tenant_directory import TenantDirectory
from shared.exchanges import Connected, Surroundings, Trial, connect
from shared.flows.long_stories import LongRecords
from shared.flows.mdm_poll import Polling
from shared.flows.rotation_ports import RotationPorts
from shared.groundwork import Clock, Groundwork
from shared.identity.any_version import AnyVersion
from shared.identity.login import Login
from shared.identity.managed import ManagedIdentities
from shared.identity.tokens import Tokens
from shared.queues import Queues
from shared.rate_limits import RateLimits
from shared.records.announcements import Announcements
from shared.records.default_access import DefaultAccessChanges
from shared.records.kept_words import KeptWords
from shared.records.offboardings import Offboardings
from shared.records.operation_list import OperationList
from shared.records.orders import Orders
from shared.records.polled import Polled
from shared.records.postures import Postures
from shared.records.rotations import Rotations
from shared.records.stale import StalePlans
from shared.records.tenant_orders import TenantOrders
from shared.records.throttle import Throttles
from shared.records.unheeded import Unheeded
from shared.records.validations import Validations
from shared.registrations import Registrations, Trials
from shared.services import Services
from shared.tenants import Tenant


def build(clock: Clock) -> Services:
    """Build everything from the app settings, for the managed identity; nothing is called yet."""
    settings = config.from_environment()
    return assemble(settings, azure_clients.identity(settings), clock)


def assemble(settings: Settings, credential: TokenCredential, clock: Clock) -> Services:
    """Build everything, for whoever the credential stands for; nothing is called yet."""
    return _Assembly(settings, credential, clock).services()


def build_queues(clock: Clock) -> Queues:
    """Build the queues alone; Misconfigured only if storage itself is not set."""
    storage = config.storage_from_environment()
    return Queues(azure_clients.queues(storage, ManagedIdentityCredential()), clock)


@dataclass(frozen=True)
class _Assembly(Groundwork):
    """The stories' ports on top of it."""

    def services(self) -> Services:
        """Return the ports."""
        return Services(
            tenants=self.settings.tenants,
            sign_in=self.settings.sign_in,
            exchanges={name: each.exchange for name, each in self.connected.items()},
            rotations={name: self.rotation(each) for name, each in self.settings.tenants.items()},
            tenant_orders=TenantOrders(self.table("tenantorders")),
            long_records=self.long_records,
            kept_words=KeptWords(self.table("abandoned")),
            journal=self.journal,
            audit=self.audit.export,
            sealing=self.audit.sealing(self.vault, self.pins),
            operation_list=OperationList(self.table("journal")),
            rates=RateLimits(self.settings.api_calls_per_second, self.clock),
            postures=Postures(self.table("postures")),
            orders=Orders(self.table("orders")),
            brake=self.brake,
            named=self.named,
            unheeded=self.unheeded,
            people={name: each.person for name, each in self.directories.items()},
            queues=self.queues,
            senders=self.intake.senders,
            chores=self.chores,
            subscriptions=self.intake.subscriptions(self.directories, self.chores, self.queues),
            listeners=self.intake.listeners(),
            polling=self.polling,
            inventories=inventories.put_together(self),
            trust=trusting.put_together(self),
            events=self.events,
            alerts=self.alerts,
            vault=self.vault,
            entra=self.tokens,
            own_registrations=self.own_registrations,
            pins=self.pins,
            announced=Announcements(self.table("certificates")),
            validations=Validations(self.table("certificates")),
            clock=self.clock,
            pings=self.pings,
        )

    @property
    def long_records(self) -> LongRecords:
        return LongRecords(
            default_changes=DefaultAccessChanges(self.table("defaultaccess")),
            stale_plans=StalePlans(self.table("stale")),
            offboardings=Offboardings(self.table("offboardings")),
        )

    @property
    def pings(self) -> dict[str, health.Ping]:
        ours = health.of_ours(
            tables=self.bare_journal, queues=self.queues, events=self.events, audit=self.audit
        )
        return {
            **ours,
            **health.of_tenants(self.connected.values(), self.vault),
            **health.of_senders(self.polling.senders),
            **health.of_receivers(self.alerts),
        }

    @cached_property
    def unheeded(self) -> Unheeded:
        return Unheeded(self.table("unheeded"), self.clock)

    @cached_property
    def polling(self) -> Polling:
        return Polling(
            senders=self.intake.polled(),
            polled=Polled(self.table("polled")),
            queue=self.queues,
            unheeded=self.unheeded,
            clock=self.clock,
        )

    @cached_property
    def login(self) -> Login:
        return Login(
            self.vault,
            http=self.http,
            authority_host=self.settings.authority_host,
            instance_discovery=self.settings.instance_discovery,
            clock=self.clock,
        )

    @cached_property
    def tokens(self) -> Tokens:
        return self.tokens_for(self.settings.exchange_scope, needs=REQUIRED_ROLE)

    def tokens_for(self, scope: str, *, needs: str) -> Tokens:
        audience = self.settings.federation_audience
        return Tokens(
            self.vault,
            self.pins,
            self.login,
            identities=ManagedIdentities(lambda: self.credential, self.login, audience=audience),
            scope=scope,
            clock=self.clock,
            fell_back=self.fell_back,
            needs=needs,
        )

    def fell_back(self, app: App, old: str, new: str, reason: str) -> None:
        self.events.certificate_fell_back(app, old, new, reason=reason, now=self.clock())

    @cached_property
    def throttles(self) -> Throttles:
        return Throttles(self.table("throttle"), self.clock)

    @cached_property
    def around(self) -> Surroundings:
        return Surroundings(
            base_url=self.settings.exchange_base_url,
            tokens=self.tokens,
            board=self.throttles,
            paces=self.throttles.seen,
            events=self.events,
            clock=self.clock,
        )

    @cached_property
    def connected(self) -> dict[str, Connected]:
        tenants = self.settings.tenants.items()
        return {name: connect(tenant, self.around) for name, tenant in tenants}

    @cached_property
    def applications(self) -> Applications:
        return Applications(self.http, self.settings.graph_base_url)

    @cached_property
    def own_registrations(self) -> OwnRegistration:
        any_version = AnyVersion(
            vault=self.vault,
            tokens=self.tokens,
            scope=self.settings.graph_scope,
            clock=self.clock,
        )
        return OwnRegistration(applications=self.applications, token=any_version.token)

    @cached_property
    def graph_tokens(self) -> Tokens:
        return self.tokens_for(self.settings.graph_scope, needs="")

    @cached_property
    def directories(self) -> dict[str, TenantDirectory]:
        """Microsoft Graph, by tenant."""
        base_url = self.settings.graph_base_url
        return {
            name: TenantDirectory(
                people=People(self.http, base_url),
                listed=Subscriptions(self.http, base_url),
                token=partial(self.graph_tokens.token, tenant.app),
            )
            for name, tenant in self.settings.tenants.items()
        }

    def rotation(self, tenant: Tenant) -> RotationPorts:
        """Return what a rotation of this tenant's certificate works with."""
        rotator = azure_clients.rotator(self.settings, self.credential)
        return RotationPorts(
            vault=self.vault,
            versions=azure_clients.vault_versions(self.settings, rotator),
            registrations=Registrations(
                self.applications,
                self.login,
                self.vault,
                graph_scope=self.settings.graph_scope,
                clock=self.clock,
            ),
            entra=Trials(self.login, self.settings.exchange_scope),
            exchange=Trial(http=self.http, around=self.around),
            pins=self.pins,
            rotations=Rotations(self.table("rotations")),
            events=self.events,
            clock=self.clock,
            overlap=tenant.certificate_overlap,
            apart=tenant.key_trials_apart,
            ahead=tenant.rotate_ahead,
        )
