"""The learner: examples in, snapshots and heads out. One process, without Faust: it has no table and no group."""
