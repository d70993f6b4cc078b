import { join } from "node:path";
import { meaningOf } from "../../provider/lifecycle";
import { ROOT } from "../root";
import { diagram, statusTable } from "./mermaid";

/** Where the page is kept. */
export const PAGE = join(ROOT, "docs/lifecycle.md");

/** The page about the life of a campaign, made from the transition table. */
export function page(): string {
  return `# The life of a campaign

Made from \`provider/lifecycle.ts\` by \`npm run diagram\`: this is the table that previews plan by.

\`\`\`mermaid
${diagram()}
\`\`\`

${statusTable(meaningOf)}

What stands in brackets happens without a call of ours. A status that isn't here is left alone: nothing is sent to such a campaign.

A wish for \`running\` or \`scheduled\` (\`CampaignStatus\`) is still met in every status that time leads to from there. Nothing leads out of \`canceled\`.
`;
}
