// Puts a report into one comment of a pull request, or one note of a merge request; the next one takes its place. Copy it to the
// folder pipeline. Usage in a pipeline: COMMENT_TOKEN=... COMMIT=... node comment.mjs report.md
import { readFile } from "node:fs/promises";

const { env } = process;
const github = () => {
  const repository = `${env.GITHUB_API_URL}/repos/${env.GITHUB_REPOSITORY}`;
  return {
    headers: { authorization: `Bearer ${env.COMMENT_TOKEN}` },
    request: `${repository}/pulls/${env.NUMBER}`,
    headOf: ({ head }) => head.sha,
    comments: `${repository}/issues/${env.NUMBER}/comments`,
    at: (id) => ["PATCH", `${repository}/issues/comments/${id}`],
    // A workflow's token may not ask who it is.
    isMine: async () => (comment) => comment.user.login === "github-actions[bot]",
  };
};
const gitlab = () => {
  const request = `${env.CI_API_V4_URL}/projects/${env.CI_PROJECT_ID}/merge_requests/${env.CI_MERGE_REQUEST_IID}`;
  return {
    headers: { "private-token": env.COMMENT_TOKEN ?? "" },
    request,
    headOf: ({ sha }) => sha,
    comments: `${request}/notes`,
    at: (id) => ["PUT", `${request}/notes/${id}`],
    async isMine() {
      const me = await call("GET", `${env.CI_API_V4_URL}/user`);
      return (note) => note.author.id === me.id;
    },
  };
};
const service = env.GITHUB_REPOSITORY ? github() : gitlab();

async function call(method, url, body) {
  const headers = { "content-type": "application/json", ...service.headers };
  const response = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  if (response.ok) return response.json();
  throw new Error(
    `Could not write the comment: ${method} ${url} was answered with ${response.status}. Check that COMMENT_TOKEN may write comments here.`,
  );
}

/** The first line of a report names its project and stack: two projects can have a stack of the same name. */
async function mine(marker) {
  const isMine = await service.isMine();
  for (let page = 1; ; page++) {
    const found = await call("GET", `${service.comments}?per_page=100&page=${page}`);
    const comment = found.find((one) => isMine(one) && one.body.startsWith(marker));
    if (comment || found.length === 0) return comment;
  }
}

try {
  if (service.headOf(await call("GET", service.request)) !== env.COMMIT) {
    console.log("There is a newer commit, whose own run writes the comment.");
  } else {
    const body = await readFile(process.argv[2], "utf8");
    const comment = await mine(body.split("\n", 1)[0]);
    await call(...(comment ? service.at(comment.id) : ["POST", service.comments]), { body });
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
