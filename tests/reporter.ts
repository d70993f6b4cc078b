import Mocha from "mocha";

/** Mocha's own report, and then the sum of it as the run's last line, so that a pipeline can read it off. */
class Reporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    // The parent prints its own epilogue when the run ends; this is registered after it, and so comes last.
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      console.log(`${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ""}`);
    });
  }
}

export = Reporter;
