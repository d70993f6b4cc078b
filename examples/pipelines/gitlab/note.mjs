// Puts a report into a merge request's note, once; the next report takes its place. Copy it to .gitlab/note.mjs.
// Usage in a merge request pipeline: NOTES_TOKEN=... node .gitlab/note.mjs report.md
import { readFile } from "node:fs/promises";

const { CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID, NOTES_TOKEN, STACK } = process.env;
const marker = `<!-- hood-plan ${STACK} -->`;
const notes = `${CI_API_V4_URL}/projects/${CI_PROJECT_ID}/merge_requests/${CI_MERGE_REQUEST_IID}/notes`;

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

try {
  const report = await readFile(process.argv[2] ?? "report.md", "utf8");
  const id = await myNote();
  const body = `${marker}\n${report}`;
  await (id ? call("PUT", `${notes}/${id}`, { body }) : call("POST", notes, { body }));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
