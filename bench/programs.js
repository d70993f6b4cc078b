const pulumi = require("@pulumi/pulumi");

// The programs that are compared, by the name in BENCH_PROGRAM. Each declares BENCH_RESOURCES resources.

// What one writes first for an API without a provider, in the way of Pulumi's guide to dynamic providers: methods that
// call the API themselves, and a new provider for each resource. The engine stores the text of all of it with each of them.
class CancellationProvider {
  async create(inputs) {
    const url = `${process.env.HOOD_ENDPOINT}/campaigns/${inputs.campaignId}/cancel`;
    const response = await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${process.env.HOOD_TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify({ reason: inputs.reason }),
    });
    if (!response.ok) {
      throw new Error(`Canceling campaign ${inputs.campaignId} failed: ${response.status} ${await response.text()}`);
    }
    return { id: inputs.campaignId, outs: { ...inputs, status: "canceled", canceledAt: new Date().toISOString() } };
  }

  async diff(_id, olds, news) {
    const replaces = ["campaignId", "reason"].filter((name) => olds[name] !== news[name]);
    return { changes: replaces.length > 0, replaces };
  }

  async read(id, props) {
    const response = await fetch(`${process.env.HOOD_ENDPOINT}/campaigns/${id}`, {
      headers: { authorization: `Bearer ${process.env.HOOD_TOKEN}` },
    });
    if (!response.ok) {
      throw new Error(`Reading campaign ${id} failed: ${response.status} ${await response.text()}`);
    }
    const { items } = await response.json();
    return { id, props: { ...props, status: items[0].status } };
  }

  async update(_id, olds, news) {
    return { outs: { ...olds, ...news } };
  }

  async delete(id) {
    console.log(`Campaign ${id} stays canceled.`);
  }
}

class CampaignCancellation extends pulumi.dynamic.Resource {
  constructor(name, args, opts) {
    super(new CancellationProvider(), name, { status: undefined, canceledAt: undefined, ...args }, opts);
  }
}

// The engine alone: a provider that has nothing to do.
const emptyProvider = {
  async create() {
    return { id: "empty", outs: {} };
  },
};

class Empty extends pulumi.dynamic.Resource {
  constructor(name) {
    super(emptyProvider, name, {});
  }
}

const Resource = {
  ours: () => require("pulumi-ocamba-hood").CampaignCancellation,
  baseline: () => CampaignCancellation,
  floor: () => Empty,
}[process.env.BENCH_PROGRAM]();

const first = Number(process.env.BENCH_FIRST);
for (let number = 0; number < Number(process.env.BENCH_RESOURCES); number++) {
  new Resource(`campaign-${number}`, { campaignId: String(first + number), reason: "Budget cut, OPS-1234" });
}
