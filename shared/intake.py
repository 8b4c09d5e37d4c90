"""The MDMs, as an administrator has configured them: who calls us, and whom we ask."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial

import httpx
from azure.core.credentials import TokenCredential

from shared import azure_clients
from shared.config import Settings
from shared.directory.signing_keys import SigningKeys
from shared.flows.graph_subscriptions import GraphSubscriptions
from shared.flows.poll_ports import PolledSender
from shared.flows.recognition_ports import SenderQueue
from shared.flows.subscription_ports import Chores, Directory, Listener
from shared.identity.secrets import WebhookSecrets
from shared.identity.unwrapping import Unwrapping
from shared.mdm import configured
from shared.mdm.graph_content import Opener
from shared.mdm.senders import Sender, Senders
from shared.mdm.settings import SenderSettings

GRAPH = "graph"


@dataclass(frozen=True, kw_only=True)
class Intake:
    """Each part once, made when another asks for it."""

    settings: Settings
    credential: TokenCredential
    http: httpx.Client
    clock: Callable[[], datetime]

    @cached_property
    def secrets(self) -> WebhookSecrets:
        """The vault's webhook secrets."""
        return WebhookSecrets(
            self.settings.key_vault_url,
            self.credential,
            self.clock,
            verify_challenge_resource=self.settings.verify_challenge_resource,
            patience=azure_clients.PATIENCE,
        )

    @cached_property
    def senders(self) -> Senders:
        """Those that call us."""
        return Senders(
            senders={name: self._sender(name, each) for name, each in self._calling.items()},
            secrets=self.secrets,
            clock=self.clock,
            asked=tuple(
                (str(each.tenant_id), each.secret_name)
                for each in self.settings.senders.values()
                if each.vendor == configured.POLLED and not each.retired
            ),
        )

    def subscriptions(
        self, directories: Mapping[str, Directory], chores: Chores, queue: SenderQueue
    ) -> GraphSubscriptions:
        """Return what sees to it that Microsoft Graph calls us."""
        return GraphSubscriptions(
            directory=directories.__getitem__,
            secrets=self.secrets,
            chores=chores,
            queue=queue,
            clock=self.clock,
        )

    def listeners(self) -> tuple[Listener, ...]:
        """Return the senders that Microsoft Graph is to call."""
        return tuple(
            Listener(
                sender=name,
                tenant_id=str(each.tenant_id),
                trust=each.trust,
                secret_name=each.secret_name,
                address=f"{self.settings.public_url}/api/mdm/{name}",
            )
            for name, each in self._calling.items()
            if each.vendor == GRAPH and not each.retired
        )

    def polled(self) -> tuple[PolledSender, ...]:
        """Return those that we ask."""
        from shared.mdm.maas360.listing import connect  # noqa: PLC0415 - few have such an MDM

        return tuple(
            PolledSender(
                name=name,
                tenant_id=str(each.tenant_id),
                trust=each.trust,
                listing=connect(each, http=self.http, secrets=self.secrets, clock=self.clock),
            )
            for name, each in self.settings.senders.items()
            if each.vendor == configured.POLLED and not each.retired
        )

    @property
    def _calling(self) -> dict[str, SenderSettings]:
        senders = self.settings.senders.items()
        return {name: each for name, each in senders if each.vendor != configured.POLLED}

    def _sender(self, name: str, settings: SenderSettings) -> Sender:
        opener = self._opener(settings) if settings.content_certificate else None
        return configured.sender(name, settings, opener)

    def _opener(self, settings: SenderSettings) -> Opener:
        """Return what opens the content that Microsoft Graph encrypts for us."""
        tenant_id = str(settings.tenant_id)
        unwrapping = Unwrapping(
            self.settings.key_vault_url,
            self.credential,
            names=[settings.content_certificate or ""],
            verify_challenge_resource=self.settings.verify_challenge_resource,
            patience=azure_clients.PATIENCE,
        )
        return Opener(
            tenant_id=tenant_id,
            client_ids=(self.settings.tenants[tenant_id].app.client_id,),
            authority_host=self.settings.authority_host,
            signing_key=partial(self._signing_keys.key, tenant_id),
            open_key=unwrapping.open_key,
            clock=self.clock,
        )

    @cached_property
    def _signing_keys(self) -> SigningKeys:
        return SigningKeys(self.http, self.settings.authority_host, self.clock)
