const hood = require("pulumi-ocamba-hood");

const first = Number(process.env.BENCH_FIRST ?? 1000248);
for (let number = 0; number < Number(process.env.BENCH_RESOURCES); number++) {
  new hood.CampaignCancellation(`campaign-${number}`, {
    campaignId: String(first + number),
    reason: "Budget cut, OPS-1234",
  });
}
