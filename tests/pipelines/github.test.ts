import { github } from "./github";
import { describePipeline } from "./rows";

describePipeline(
  "examples/pipelines/github-actions",
  {
    ".github/workflows/campaigns-preview.yml": "github-actions/campaigns-preview.yml",
    ".github/workflows/campaigns-apply.yml": "github-actions/campaigns-apply.yml",
    ".github/actions/campaigns-report/action.yml": "github-actions/campaigns-report/action.yml",
  },
  github,
);
