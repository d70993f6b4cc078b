/** The page that keeps a run's result. */
export function page(table: string, machine: readonly string[], date: string): string {
  return `# Benchmarks

\`npm run bench\` writes this page, and fails if a number isn't reached. Everything is measured in one run on one machine,
in turn: ours, the baseline, the floor, then again. A ratio is the median of the ratios within each round.

- **ours**: one \`hood.CampaignCancellation\` for each campaign ([program](../bench/ours/index.js)).
- **baseline**: what one writes first for an API without a provider, a \`pulumi.dynamic.Resource\` whose methods call the API
  themselves, with a new provider for each resource as in Pulumi's guide ([program](../bench/baseline/index.js)). It doesn't
  read the account before it acts, and has no pace of its own. One provider object for all resources would be serialized
  only once: such a preview comes close to the floor.
- **floor**: Pulumi alone: the same number of dynamic resources, with a provider that has nothing to do
  ([program](../bench/floor/index.js)).
- **best possible**: the time of the last request if each request goes out at the first moment that the account's fixed
  windows allow, after the requests that came before in the same minute, and with the reads that the update took.
  It counts from the update's first request to the last cancellation, by the account's clock.

The account is the [simulator](../simulator) on loopback; the engine keeps its state in files.

${table}

![Cancellations over time: ours and the best that the windows allow](benchmarks.svg)

Measured on ${date}:

${machine.map((line) => `- ${line}`).join("\n")}

## Running it

\`\`\`console
npm ci
npm run bench
\`\`\`

It takes about a quarter of an hour, and gets an engine first if there is none. \`npm run bench -- --resources 50\`
runs it with fewer resources: it prints the table and doesn't write this page. The numbers to reach are meant for 500;
with fewer, the start of the processes outweighs the rest.
`;
}
