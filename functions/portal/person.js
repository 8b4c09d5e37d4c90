/** Who is signed in, what they may do, and whose tenant they look at. */

import { element } from "./dom.js";

const LEVELS = ["Viewer", "Operator", "Approver"]; // each includes those before it

/** The signed-in person. */
export class Person {
  constructor({ id = "", name, roles = [], tenants = [] }) {
    Object.assign(this, { id, name, roles, tenants });
    this.tenantId = tenants[0]?.tenant_id;
  }

  /** Whether they hold a role, or one that includes it. */
  may(role) {
    return this.roles.some((held) => LEVELS.indexOf(held) >= LEVELS.indexOf(role));
  }

  /** Whether an operation was ordered by them: then others must approve it. */
  asked(operation) {
    return operation.asked_as === `person:${this.id}`;
  }

  /** Return a text with the names of tenants in place of their ids. */
  spelt(text) {
    return this.tenants.reduce(
      (said, { tenant_id: id, organization }) => said.replaceAll(id, organization ?? id),
      text,
    );
  }

  /** Look at another tenant; one that is not served is left alone. */
  choose(tenantId) {
    if (this.tenants.some((tenant) => tenant.tenant_id === tenantId)) this.tenantId = tenantId;
    if (this.picker) this.picker.value = this.tenantId;
  }

  /** Return the address of a view, of this tenant. */
  link(...parts) {
    const path = parts.map(encodeURIComponent).join("/");
    const one = this.tenants.length > 1 ? `?tenant_id=${encodeURIComponent(this.tenantId)}` : "";
    return `#/${path}${one}`;
  }

  /** Return what stands in the corner: name, highest role, the way out. */
  card() {
    const role = LEVELS.findLast((level) => this.may(level)) ?? "no role";
    return element(
      "p",
      {},
      element("span", { class: "name" }, this.name),
      element("span", { class: "role" }, role),
      element("a", { href: "/.auth/logout?post_logout_redirect_uri=/api/portal" }, "Sign out"),
    );
  }

  /** Return the choice between tenants, if there is one. */
  tenantPicker(changed) {
    if (this.tenants.length < 2) return null;
    const options = this.tenants.map(({ tenant_id: value, organization }) =>
      element("option", { value }, organization ?? value),
    );
    const choose = () => {
      this.tenantId = this.picker.value;
      const path = location.hash.split("?")[0];
      history.replaceState(null, "", `${path || "#/"}?tenant_id=${this.tenantId}`);
      changed();
    };
    this.picker = element("select", { id: "tenant", on: { change: choose } }, options);
    return element("label", { for: "tenant" }, "Tenant ", this.picker);
  }
}
