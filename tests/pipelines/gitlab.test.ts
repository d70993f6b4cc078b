import { once } from "node:events";
import { cp } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { expect } from "chai";
import { type Checkout, openCheckout, PIPELINES, readPipeline } from "./runner";

type Pipeline = Record<string, { readonly before_script?: string[]; readonly script?: string[] }>;

const END = `new hood.CampaignCancellation("sale", { campaignId: "1", reason: "OPS-1", expectedName: "Spring sale" });`;
const PAUSE = `new hood.CampaignStatus("terms", { campaignId: "2", reason: "OPS-1", status: "paused" });`;

/** What installs packages must not see a token. */
const NPM = 'test -z "$HOOD_TOKEN$PULUMI_ACCESS_TOKEN" && echo "installed: $@"';

describe("The jobs of examples/pipelines/gitlab", function () {
  this.timeout(60_000);
  let checkout: Checkout;
  let pipeline: Pipeline;

  before(async () => {
    pipeline = await readPipeline<Pipeline>("gitlab/.gitlab-ci.yml");
    const campaigns = ["Spring sale", "Terms"].map((name, index) => ({
      id: String(index + 1),
      name,
      status: "running",
    }));
    checkout = await openCheckout({ campaigns }, { npm: NPM });
  });
  after(() => checkout?.remove());

  // GitLab runs both in one shell.
  const run = (job: string) =>
    checkout.shell(
      [...(pipeline[".plan"]?.before_script ?? []), ...(pipeline[job]?.script ?? ["exit 99"])].join("\n"),
      {
        PULUMI_ACCESS_TOKEN: "none",
      },
    );

  it("preview passes for an end, which is for the reviewers to judge", async () => {
    await checkout.program(END + PAUSE);
    const { code, text } = await run("preview");
    expect(code, text).to.equal(0);
    expect(text).to.contain("installed: ci").and.contain("Spring sale");
    expect(checkout.calls()).to.deep.equal([]);
  });

  it("preview fails where the preview does, and leaves its report", async () => {
    await checkout.program(END.replace("Spring", "Autumn"));
    expect((await run("preview")).code).to.equal(1);
    expect(await checkout.read("report.md")).to.contain("Autumn sale");
  });

  it("apply applies at once what can be undone", async () => {
    await checkout.program(PAUSE);
    const { code, text } = await run("apply");
    expect(code, text).to.equal(0);
    expect(checkout.calls()).to.deep.equal(["2/pause"]);
  });

  it("apply stops with 2 before an end", async () => {
    await checkout.program(PAUSE + END);
    const { code, text } = await run("apply");
    expect(code, text).to.equal(2);
    expect(text).to.contain("The job apply-final does it");
    expect(checkout.calls()).to.deep.equal(["2/pause"]);
  });

  it("apply-final ends what apply has planned, and nothing else", async () => {
    await checkout.program(PAUSE);
    const refused = await run("apply-final");
    expect(refused.code, refused.text).to.equal(1);
    expect(refused.text).to.contain("other campaigns by now");

    await checkout.program(PAUSE + END);
    const { code, text } = await run("apply-final");
    expect(code, text).to.equal(0);
    expect(checkout.calls()).to.deep.equal(["2/pause", "1/cancel"]);
  });
});

interface Note {
  readonly id: number;
  readonly author: { readonly id: number };
  body: string;
}

describe("note.mjs of examples/pipelines/gitlab", function () {
  this.timeout(20_000);
  const ME = { id: 5 };
  const NOTES = "/api/v4/projects/42/merge_requests/7/notes";
  let checkout: Checkout;
  let gitlab: Server;
  let notes: Note[];

  before(async () => {
    checkout = await openCheckout({});
    await cp(join(PIPELINES, "gitlab/note.mjs"), join(checkout.folder, "note.mjs"));
    gitlab = createServer(async (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "", "http://gitlab");
      const answer = (status: number, body: unknown, page = "") =>
        response
          .writeHead(status, { "content-type": "application/json", "x-next-page": page })
          .end(JSON.stringify(body));
      if (request.headers["private-token"] !== "notes-token") return answer(401, {});
      if (pathname === "/api/v4/user") return answer(200, ME);
      if (request.method === "GET" && pathname === NOTES) {
        const page = Number(searchParams.get("page"));
        return answer(200, notes.slice(page - 1, page), page < notes.length ? String(page + 1) : "");
      }
      const { body } = (await json(request)) as { body: string };
      if (request.method === "POST" && pathname === NOTES) {
        notes.push({ id: 100 + notes.length, author: ME, body });
        return answer(201, {});
      }
      const note = notes.find(({ id }) => request.method === "PUT" && pathname === `${NOTES}/${id}`);
      if (!note) return answer(404, {});
      note.body = body;
      return answer(200, {});
    }).listen(0, "127.0.0.1");
    await once(gitlab, "listening");
  });
  beforeEach(() => {
    notes = [
      { id: 1, author: { id: 9 }, body: "<!-- hood-plan prod -->\nsomebody else's" },
      { id: 2, author: ME, body: "my own, about something else" },
    ];
  });
  after(async () => {
    gitlab?.close();
    await checkout?.remove();
  });

  const write = (report: string, token = "notes-token") =>
    checkout.shell(`printf '%s' "$REPORT" > report.md; node note.mjs report.md`, {
      REPORT: report,
      NOTES_TOKEN: token,
      CI_API_V4_URL: `http://127.0.0.1:${(gitlab.address() as AddressInfo).port}/api/v4`,
      CI_PROJECT_ID: "42",
      CI_MERGE_REQUEST_IID: "7",
    });

  it("writes one note, and renews that one", async () => {
    for (const report of ["first", "second"]) {
      const { code, text } = await write(report);
      expect(code, text).to.equal(0);
      expect(notes.slice(0, 2).map(({ body }) => body)).to.not.include(report);
      expect(notes.slice(2)).to.deep.equal([{ id: 102, author: ME, body: `<!-- hood-plan prod -->\n${report}` }]);
    }
  });

  it("says in one line what is wrong with its token", async () => {
    const { code, text } = await write("report", "other");
    expect(code).to.equal(1);
    expect(text)
      .to.contain("answered GET")
      .and.contain("NOTES_TOKEN")
      .and.not.match(/^\s+at /m);
    expect(notes).to.have.length(2);
  });
});
