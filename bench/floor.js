const pulumi = require("@pulumi/pulumi");

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

for (let number = 0; number < Number(process.env.BENCH_RESOURCES); number++) {
  new Empty(`empty-${number}`);
}
