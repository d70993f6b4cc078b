import { join } from "node:path";
import { meaningOf } from "../../provider/lifecycle";
import { ROOT } from "../root";
import { diagram, statusTable } from "./mermaid";

/** Where the page is kept. */
export const PAGE = join(ROOT, "docs/lifecycle.md");

/** The page about the life of a campaign, made from the transition table. */
export function page(): string {
  return `# The life of a campaign

\`npm run diagram\` writes this page from \`provider/lifecycle.ts\`, the table that previews use.

\`\`\`mermaid
${diagram()}
\`\`\`

${statusTable(meaningOf)}

What stands in brackets happens without a call from the provider. If a status isn't here, nothing is sent to the campaign.

A \`CampaignStatus\` for \`running\` or \`scheduled\` accepts every status that time leads to from there. Nothing leads out of \`canceled\`.
`;
}
