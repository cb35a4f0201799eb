// Drives each call of the vendor's client against a server: node drive.cjs BASE COMPLETE
//
// BASE is the address above `api/`, COMPLETE the id of a contact with everything in it. Contact 1 is the first sample. The
// agents of the client (`POST /Agents/Contact/…`) speak to other endpoints.

const assert = require("node:assert/strict");
const { ContactRestApi, ResourceParsing } = require("@superoffice/webapi");

const [base, complete] = [process.argv[2], Number(process.argv[3])];
const api = (options) => new ContactRestApi({ baseUrl: base, ...options });
const stored = { resourceParsing: ResourceParsing.DoNotParse };
const plain = (value) => JSON.parse(JSON.stringify(value));

const without = (contact, ...names) => {
  const rest = plain(contact);
  names.forEach((name) => delete rest[name]);
  return rest;
};

const refusal = async (call) => {
  try {
    await call;
  } catch (error) {
    return error.response ? error.response.status : error;
  }
  return "no refusal";
};

const calls = {
  async "get"() {
    const contact = await api().getByIdAsync(1);
    assert.equal(contact.contactId, 1);
    assert.equal(contact.name, "Elan Hoppski");
    assert.equal(contact.emails[0].value, "post@hoppski.example");
    assert.equal(contact.customFields["SuperOffice:1"], "[I:23]");
    assert.equal(contact.address.localizedAddress[0][0].value, "Karl Johans gate 1");
    assert.equal(await refusal(api().getByIdAsync(99999)), 404);
  },

  async "put"() {
    const before = await api(stored).getByIdAsync(1);
    const after = await api(stored).putByIdAsync(1, { ...before, description: "put" });
    assert.equal(after.description, "put");
    const own = ["description", "updatedDate"];
    const again = await api(stored).getByIdAsync(1);
    assert.deepEqual(plain(again), plain(after));
    // The client's JSON names every property, so those that were absent are null or empty afterwards.
    for (const [name, value] of Object.entries(without(before, ...own))) assert.deepEqual(plain(again)[name], value, name);
    assert.ok(after.updatedDate > before.updatedDate);
  },

  async "put with a condition"() {
    const options = { ifUnmodifiedSince: "Sun, 06 Nov 1994 08:49:37 GMT" };
    const contact = await api(stored).getByIdAsync(1);
    assert.equal(await refusal(api(stored).putByIdAsync(1, { ...contact, description: "late" }, options)), 412);
    assert.equal((await api(stored).getByIdAsync(1)).description, "put");
  },

  async "get with a condition"() {
    const future = new Date(Date.now() + 3600_000);
    assert.equal(await api().getByIdAsync(2, { ifModifiedSince: future }), null);
    assert.equal((await api().getByIdAsync(2, { ifModifiedSince: new Date(0) })).contactId, 2);
  },

  async "patch with operations"() {
    const operations = [
      { op: "test", path: "/description", value: "put" },
      { op: "replace", path: "/department", value: "Oslo" },
      { op: "add", path: "/phones/-", value: { value: "+47 22", description: "" } },
    ];
    const contact = await api().patchByIdAsync(1, operations);
    assert.equal(contact.department, "Oslo");
    assert.equal(contact.phones.length, 2);
    assert.equal(contact.description, "put");
    assert.equal(await refusal(api().patchByIdAsync(1, [{ op: "test", path: "/description", value: "other" }])), 409);
  },

  async "patch with a partial object"() {
    const created = (await api().getByIdAsync(1)).createdDate;
    const contact = await api().patchByIdAsync(1, { department: "Bergen", createdDate: new Date(0), tableRight: { mask: 0 } });
    assert.equal(contact.department, "Bergen");
    assert.equal(contact.phones.length, 2);
    assert.deepEqual(contact.createdDate, created);
  },

  async "default, post, delete"() {
    const blank = await api().getDefaultAsync();
    assert.equal(blank.contactId, 0);
    assert.deepEqual(blank.emails, []);
    assert.equal(blank.noMailing, false);
    const made = await api().postAsync({ ...blank, name: "Ny kunde" });
    assert.ok(made.contactId > 0);
    assert.equal(made.name, "Ny kunde");
    assert.ok(Math.abs(Date.now() - made.createdDate.getTime()) < 600_000);
    assert.deepEqual(plain(await api().getByIdAsync(made.contactId)), plain(made));
    await api().deleteByIdAsync(made.contactId);
    assert.equal(await refusal(api().getByIdAsync(made.contactId)), 404);
    assert.equal(await refusal(api().deleteByIdAsync(made.contactId)), 404);
    assert.ok((await api().postAsync({ name: "Neste" })).contactId > made.contactId);
  },

  async "read in a language and put back"() {
    const text = 'NO:"Leverandør";US:"Supplier"';
    const english = { languageCode: "en-us", cultureCode: "nb-NO" };
    const contact = await api(english).getByIdAsync(2);
    assert.equal(contact.category.value, "Supplier");
    await api(english).putByIdAsync(2, { ...contact, description: "in English" });
    const kept = await api(stored).getByIdAsync(2);
    assert.equal(kept.category.value, text);
    assert.equal(kept.description, "in English");
    await api(english).putByIdAsync(2, { ...contact, category: { ...contact.category, value: "Vendor" } });
    const changed = (await api(stored).getByIdAsync(2)).category.value;
    assert.match(changed, /NO:"Leverandør"/);
    assert.match(changed, /US:"Vendor"/);
  },

  async "time zones"() {
    // Stored dates are in Norway's time; CreatedDate is in UTC.
    const date = "2018-12-24T12:34:45";
    await api({ timezone: "UTC" }).patchByIdAsync(3, [{ op: "add", path: "/dbiLastModified", value: date }]);
    const shown = await api({ timezoneInclude: true }).getByIdAsync(3);
    assert.equal(shown.dbiLastModified.toISOString(), "2018-12-24T12:34:45.000Z");
    assert.equal(shown.createdDate.toISOString(), "2022-07-14T14:44:54.000Z");
    const inNewYork = await api({ timezone: "US-NY", timezoneInclude: true }).getByIdAsync(3);
    assert.deepEqual(inNewYork.dbiLastModified, shown.dbiLastModified);
    const back = await api({ timezoneInclude: true }).putByIdAsync(3, shown);
    assert.deepEqual(back.dbiLastModified, shown.dbiLastModified);
    assert.equal((await api({ timezone: "" }).getByIdAsync(3)).contactId, 3);
  },

  async "rights, which come as names and go back as numbers"() {
    const contact = await api(stored).getByIdAsync(complete);
    assert.equal(typeof contact.tableRight.mask, "number");
    const after = await api(stored).putByIdAsync(complete, { ...contact, description: "with rights" });
    assert.equal(after.description, "with rights");
    assert.deepEqual(plain(without(after, "description", "updatedDate")), plain(without(contact, "description", "updatedDate")));
    const stripped = await api(stored).patchByIdAsync(complete, { tableRight: { mask: 0, reason: "" } });
    assert.deepEqual(stripped.tableRight, contact.tableRight);
    assert.equal((await api(stored).postAsync({ ...contact, contactId: 0 })).name, contact.name);
  },
};

(async () => {
  let failed = 0;
  for (const [name, call] of Object.entries(calls)) {
    try {
      await call();
      console.log(`ok ${name}`);
    } catch (error) {
      failed += 1;
      const answer = error.response ? JSON.stringify(error.response.data) : "";
      console.log(`not ok ${name}: ${error.message} ${answer}\n${error.stack}`);
    }
  }
  process.exitCode = failed ? 1 : 0;
})();
