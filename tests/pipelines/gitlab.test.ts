import { gitlab } from "./gitlab";
import { describePipeline } from "./rows";

describePipeline(
  "examples/pipelines/gitlab",
  { ".gitlab-ci.yml": "gitlab/.gitlab-ci.yml", ".gitlab/note.mjs": "gitlab/note.mjs" },
  gitlab,
);
