import fc from "fast-check";

// What fails by chance must fail again: every property that names no seed of its own begins with this one.
fc.configureGlobal({ seed: 20_261_125 });
