"""What users' certificates rest on, and the lost phone: clicked through in a browser."""

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from infra.local import contoso
from infra.local.simulators.certificate_authority import Authority, CrlMode
from infra.local.simulators.exchange.roles import ManagementRole
from infra.local.world import World
from tests.e2e import browsing
from tests.e2e.asking import a_phone, an_order, obey, post
from tests.e2e.browsing import looking, settled, view
from tests.e2e.looking import done, operation, until

pytestmark = pytest.mark.skipif(not browsing.is_there(), reason=browsing.MISSING)

TITLE = "User certificates"
FEDERATED = contoso.DOMAIN
KIND = "application/octet-stream"  # nobody may rely on what a browser takes a file for


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Run a world in which certificates are not used yet, and changes take a second person."""
    world = World(embedded=True, guarded=True, wipe_settle=1.0)
    world.role_group.roles |= {ManagementRole.ORGANIZATION_CONFIGURATION}
    with world:
        yield world


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing.chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def issuing(world: World) -> Authority:
    """Let the tenant use certificates: a root, an authority below it, the method, a federation."""
    root = world.authorities.root("contoso-root")
    issuing = world.authorities.intermediate("contoso-issuing", root, lasts=timedelta(days=20.5))
    pki = world.graph.trust.pki(contoso.TENANT_ID)
    for each in (root, issuing):
        world.graph.trust.add(pki, each.der, name=each.name, crl_url=each.crl_url)
    world.graph.methods.put(contoso.TENANT_ID, state="enabled")
    world.graph.domains.federate(contoso.TENANT_ID, FEDERATED)
    return issuing


def section(page: Page, heading: str) -> Locator:
    """Return the part of the page below a heading."""
    return page.locator("section.card").filter(
        has=page.get_by_role("heading", name=heading, exact=True)
    )


def asked(page: Page, change: str) -> None:
    """Give the reason, look at the plan, ask for it to be approved, and see it wait for that."""
    question = page.get_by_role("dialog")
    question.get_by_label("Reason").fill("as agreed")
    question.get_by_role("button", name="Show what would be done").click()
    plan = page.get_by_role("dialog", name="This would be done")
    expect(plan).to_be_visible()
    plan.get_by_role("button", name=f"Ask for approval: {change}", exact=True).click()
    expect(page.get_by_text("Held since")).to_be_visible()


def approved(browser: Browser, world: World, *said: str) -> None:
    """Let another person find in words what waits, and approve it."""
    with looking(browser, world, "approver2", at="held") as page:
        card = page.get_by_role("article")
        for words in said:
            expect(card).to_contain_text(words)
        card.get_by_role("button", name="Approve").click()
        page.get_by_role("dialog").get_by_role("button", name="Approve").click()
        expect(page.get_by_role("status")).to_have_text("Approved")


def lost(page: Page, *, user: str, issuer: str) -> None:
    """Say what is to be done about a lost phone, and look at the plan."""
    question = page.get_by_role("dialog")
    question.get_by_label("Hours to wait").fill("2")
    question.get_by_label("User").fill(user)
    question.get_by_label("Serial number").fill("01AB")
    question.get_by_label("Issuer").select_option(issuer)
    question.get_by_label("Reason").fill("left in a taxi")
    question.get_by_role("button", name="Show what would be done").click()


def is_held(world: World, client: httpx.Client, operation_id: str) -> bool:
    """Whether an operation waits for an approver."""
    return bool(operation(world, client, operation_id).get("state") == "held")


def test_where_nobody_uses_certificates_that_is_all_there_is_to_say(
    browser: Browser, world: World
) -> None:
    with looking(browser, world, "viewer") as page:
        view(page, TITLE)
        expect(page.get_by_text("Nobody signs in with a certificate here")).to_be_visible()
        expect(page.get_by_role("button", name="…")).to_have_count(0)


def test_the_standing_is_shown_with_how_long_each_authority_has_left(
    browser: Browser, world: World, issuing: Authority
) -> None:
    with looking(browser, world, "viewer", at="user-certificates") as page:
        expect(section(page, "Modern authentication")).to_contain_text("On")
        expect(section(page, "Sign-in by certificate")).to_contain_text("On")
        bindings = section(page, "How a certificate leads to its user").get_by_role("listitem")
        expect(bindings.first).to_contain_text("PrincipalName of the certificate")
        rows = section(page, "Trusted authorities").locator("tbody tr")
        expect(rows).to_have_count(2)
        expect(rows.first).to_contain_text("contoso-issuing")  # the first to end
        expect(rows.first).to_contain_text("20 days left")
        expect(rows.first).to_contain_text(issuing.crl_url)
        expect(rows.first.get_by_role("img")).to_have_accessible_description(
            "20 days left. The next stage begins 14 days before the end."
        )
        domain = section(page, "Domains").get_by_role("row").filter(has_text=FEDERATED)
        expect(domain).to_contain_text("becomes a question for the password")
        expect(page.get_by_role("button", name="Check")).to_have_count(0)


def test_what_cannot_be_told_is_said_and_hides_nothing_else(
    browser: Browser, world: World, issuing: Authority
) -> None:
    world.graph.fail_next(httpx.codes.FORBIDDEN, on="getCertificateMethod")
    with looking(browser, world, "operator", at="user-certificates") as page:
        trouble = page.locator(".notice")
        expect(trouble).to_contain_text("Cannot be told")
        expect(trouble).to_contain_text("Sign-in by certificate")
        expect(section(page, "Sign-in by certificate")).to_contain_text("Cannot be told")
        expect(section(page, "Trusted authorities")).to_contain_text(issuing.name)


def test_a_user_and_a_sample_certificate_are_checked_and_the_worst_stands_first(
    browser: Browser, world: World, issuing: Authority
) -> None:
    sample = issuing.user_certificate(upn=contoso.MAILBOX)
    file = FilePayload(name="adele.cer", mimeType=KIND, buffer=sample.der)
    issuing.crl_mode = CrlMode.STALE
    with looking(browser, world, "operator", at="user-certificates") as page:
        check = section(page, "Check")
        check.get_by_label("User", exact=True).fill(contoso.MAILBOX)
        check.get_by_label("as a file").set_input_files(file)
        check.get_by_role("button", name="Check").click()
        rows = check.locator("details")
        expect(rows).to_have_count(13)
        expect(rows.first).to_have_attribute("open", "")
        expect(rows.first.locator("summary")).to_contain_text("Fail")
        lists = rows.filter(has_text="X5 The revocation lists can be used")
        expect(lists).to_contain_text("Next: ")
        expect(lists).to_contain_text(issuing.name)
        passing = rows.last
        expect(passing.locator("summary")).to_contain_text("Pass")
        expect(passing.get_by_role("list")).to_be_hidden()
        passing.locator("summary").press("Enter")
        expect(passing.get_by_role("list")).to_be_visible()
    issuing.crl_mode = CrlMode.RIGHT


def test_a_private_key_is_not_sent(browser: Browser, world: World, issuing: Authority) -> None:
    sample = issuing.user_certificate(upn=contoso.MAILBOX)
    pem = sample.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    bundle = pkcs12.serialize_key_and_certificates(
        b"adele", sample.key, sample.certificate, None, NoEncryption()
    )
    with looking(browser, world, "operator", at="user-certificates") as page:
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.method))
        check = section(page, "Check")
        for name, content in (("adele.pem", pem), ("adele.p12", bundle)):
            file = FilePayload(name=name, mimeType=KIND, buffer=content)
            check.get_by_label("as a file").set_input_files(file)
            check.get_by_role("button", name="Check").click()
            expect(check.get_by_role("alert")).to_contain_text("Not sent")
            expect(check.get_by_role("alert")).to_contain_text(
                "private key" if name.endswith("pem") else "no certificate alone"
            )
        assert "POST" not in sent


def test_modern_authentication_is_switched_off_once_a_second_person_approves(
    browser: Browser, world: World
) -> None:
    with looking(browser, world, "approver", at="user-certificates") as page:
        page.get_by_role("button", name="Switch modern authentication off …").click()
        asked(page, "Switch modern authentication")
        expect(page.get_by_text("somebody else has to approve it")).to_be_visible()
        approved(browser, world, "Modern authentication of Exchange: off", "are shut out")
        expect(page.locator(".timeline li").last).to_contain_text("Done")
        view(page, TITLE)
        expect(section(page, "Modern authentication")).to_contain_text("Off")


def test_an_authority_is_trusted_from_a_file(
    browser: Browser, world: World, issuing: Authority
) -> None:
    del issuing
    other = world.authorities.root("fabrikam-root")
    file = FilePayload(name="fabrikam.cer", mimeType=KIND, buffer=other.der)
    with looking(browser, world, "operator", at="user-certificates") as page:
        page.get_by_role("button", name="Trust an authority …").click()
        question = page.get_by_role("dialog")
        expect(question.get_by_label("Accept the gap")).to_be_hidden()
        question.get_by_label("as a file").set_input_files(file)
        question.get_by_label("Name").fill("fabrikam-root")
        question.get_by_label("Address of the revocation list").fill(other.crl_url)
        asked(page, "Trust an authority")
        approved(browser, world, "Trust fabrikam-root as a root in the PKI store", other.crl_url)
        expect(page.locator(".timeline li").last).to_contain_text("Done")
    pki = world.graph.trust.pki(contoso.TENANT_ID)
    trusted = {each.name: each.crl_url for each in world.graph.trust.authorities(pki)}
    assert trusted["fabrikam-root"] == other.crl_url


def test_the_classic_store_is_not_touched_unless_the_gap_is_accepted(
    browser: Browser, world: World, issuing: Authority
) -> None:
    del issuing
    old = world.authorities.root("old-root")
    world.graph.classic.add(contoso.TENANT_ID, old.der, crl_url=old.crl_url)
    with looking(browser, world, "operator", at="user-certificates") as page:
        page.get_by_role("button", name=re.compile("Remove .*old-root")).click()
        question = page.get_by_role("dialog")
        question.get_by_label("Reason").fill("nobody uses it")
        question.get_by_role("button", name="Show what would be done").click()
        expect(question.get_by_role("alert")).to_contain_text("Say accept_gap")
        question.get_by_label("Accept the gap").check()
        question.get_by_role("button", name="Show what would be done").click()
        plan = page.get_by_role("dialog", name="This would be done")
        expect(
            plan.locator(".notice").filter(has_text="the classic store is empty")
        ).to_be_visible()
    assert world.graph.classic.has(contoso.TENANT_ID)


def test_prompt_login_of_a_federated_domain_is_planned(
    browser: Browser, world: World, issuing: Authority
) -> None:
    del issuing
    with looking(browser, world, "operator", at="user-certificates") as page:
        page.get_by_role("button", name=f"Change prompt login of {FEDERATED} …").click()
        question = page.get_by_role("dialog")
        question.get_by_label("An app's wish for a fresh sign-in").select_option("nativeSupport")
        asked(page, "Change prompt login")
        approved(browser, world, "passed on to the federation server as it is")
        expect(page.locator(".timeline li").last).to_contain_text("Done")
    federation = world.graph.domains.federation(contoso.TENANT_ID, FEDERATED)
    assert federation is not None
    assert federation.properties["promptLoginBehavior"] == "nativeSupport"


def test_a_lost_phone_that_may_only_be_erased_with_approval_is_told_in_words(
    browser: Browser, world: World, client: httpx.Client
) -> None:
    phone = a_phone(world, "stolen")
    whole = an_order(phone, "offboard_device", wipe="device", disable_sign_in=True)
    answer = post(world, client, "commands", whole)
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    operation_id = str(answer.json()["operation_id"])
    until(lambda: is_held(world, client, operation_id), "it waits for an approver")
    with looking(browser, world, "viewer", at="held") as page:
        card = page.get_by_role("article")
        expect(card).to_contain_text("erases the whole phone, ends the person's sessions")
        expect(card).to_contain_text("disables the sign-in")
    assert phone.mailbox.blocked_ids == ["STOLEN"]  # that much at once
    assert phone.wipe.requested_at is None


def test_a_lost_phone_is_shut_out_and_the_report_says_what_is_certain(
    browser: Browser, world: World, client: httpx.Client, issuing: Authority
) -> None:
    phone = a_phone(world, "lost", client_version="16.1")
    world.graph.users.add(contoso.TENANT_ID, phone.mailbox.address)
    wanted = {"scope": "full", "requested_by": "jo"}
    run_id = post(world, client, "inventory/sync", wanted).json()["operation_id"]
    until(lambda: done(world, client, run_id), "the inventory is taken")
    with looking(browser, world, "operator", at="devices") as page:
        page.get_by_role("link", name="LOST").first.click()
        page.get_by_role("button", name="Lost or stolen …").click()
        lost(page, user=phone.mailbox.address, issuer=issuing.name)
        plan = page.get_by_role("dialog", name="This would be done")
        first = plan.get_by_role("listitem").first
        expect(first).to_contain_text("Would be done")
        expect(first).to_contain_text("Blocked at once")
        expect(plan).to_contain_text(f"Looked up on the list of {issuing.name}")
        plan.get_by_role("button", name="Lost or stolen", exact=True).click()
        expect(page.get_by_role("heading", level=1, name="Lost or stolen")).to_be_visible()
        until(lambda: phone.account_wipe.requested_at, "the wipe is requested")
        obey(world, phone)
        steps = page.get_by_role("list", name="Steps that were taken").get_by_role("listitem")
        expect(steps).to_have_count(8, timeout=30_000)
        expect(steps.nth(2)).to_contain_text("The phone confirms the wipe")
        expect(steps.nth(2)).to_contain_text("Done")
        expect(section(page, "What came of each step")).to_contain_text(
            "Access tokens from before the revocation live on"
        )
        settled(page)
    assert phone.mailbox.blocked_ids == ["LOST"]
