// Puts a report into a merge request's note, once; the next report takes its place. Copy it to .gitlab/note.mjs.
// Usage in a merge request pipeline: PROJECT=... STACK=... NOTES_TOKEN=... node note.mjs report.md
import { readFile } from "node:fs/promises";

const { env } = process;
const { CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID, NOTES_TOKEN, PROJECT, STACK } = env;
// In a pipeline for merged results, the commit is one that GitLab made.
const commit = env.CI_MERGE_REQUEST_SOURCE_BRANCH_SHA || env.CI_COMMIT_SHA;
// Two projects can have a stack of the same name.
const marker = `<!-- hood-plan ${PROJECT}/${STACK.split("/").at(-1)} -->`;
const mergeRequest = `${CI_API_V4_URL}/projects/${CI_PROJECT_ID}/merge_requests/${CI_MERGE_REQUEST_IID}`;
const notes = `${mergeRequest}/notes`;

async function call(method, url, body) {
  const response = await fetch(url, {
    method,
    headers: { "content-type": "application/json", "private-token": NOTES_TOKEN ?? "" },
    body: body && JSON.stringify(body),
  });
  if (response.ok) return response;
  throw new Error(
    `Could not write the note: GitLab answered ${method} ${url} with ${response.status}. Check that NOTES_TOKEN is a token of this project with the scope api.`,
  );
}

async function myNote() {
  const me = await (await call("GET", `${CI_API_V4_URL}/user`)).json();
  let page = "1";
  while (page) {
    const response = await call("GET", `${notes}?per_page=100&page=${page}`);
    const mine = (await response.json()).find(({ author, body }) => author.id === me.id && body.startsWith(marker));
    if (mine) return mine.id;
    page = response.headers.get("x-next-page");
  }
  return undefined;
}

async function noteText() {
  const report = await readFile(process.argv[2] ?? "report.md", "utf8").catch(() => "");
  if (report.startsWith(marker)) return report;
  return [
    `${marker}\n### The preview failed, and there is no report\n`,
    `Project \`${PROJECT}\`, stack \`${STACK}\`, commit \`${commit}\`. See the logs of [its pipeline](${env.CI_PIPELINE_URL}).\n`,
  ].join("\n");
}

try {
  const { sha } = await (await call("GET", mergeRequest)).json();
  if (sha !== commit) {
    console.log("The merge request has a newer commit, whose own pipeline writes the note.");
  } else {
    const body = await noteText();
    const id = await myNote();
    await (id ? call("PUT", `${notes}/${id}`, { body }) : call("POST", notes, { body }));
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
