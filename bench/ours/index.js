const hood = require("pulumi-ocamba-hood");

for (let number = 0; number < Number(process.env.BENCH_RESOURCES); number++) {
  new hood.CampaignCancellation(`campaign-${number}`, {
    campaignId: String(1000248 + number),
    reason: "Budget cut, OPS-1234",
  });
}
