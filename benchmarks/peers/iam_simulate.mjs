// Runs @cloud-copilot/iam-simulate, as its README shows it, on translated scenarios.
//
//   node iam_simulate.mjs PACKAGE answer  < simulations.jsonl   one result a line
//   node iam_simulate.mjs PACKAGE measure SECONDS < simulations.jsonl

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [, , home, task, seconds] = process.argv;
const { runSimulation } = await import(pathToFileURL(home).href);
const simulations = readFileSync(0, "utf8").split("\n").filter(Boolean).map(JSON.parse);

async function answered(simulation) {
  try {
    const found = await runSimulation(simulation, {});
    if (found.resultType === "error") {
      return { refused: found.errors };
    }
    const results = found.resultType === "single" ? [found.result] : found.results;
    return {
      result: found.overallResult,
      kind: found.resultType,
      blockedBy: results.flatMap((result) => result.analysis?.blockedBy ?? []),
      ignoredKeys: results.flatMap((result) => result.ignoredContextKeys ?? []),
    };
  } catch (error) {
    return { failed: String(error) };
  }
}

async function measured() {
  let decisions = 0;
  const until = performance.now() + Number(seconds) * 1000;
  const begun = process.cpuUsage();
  while (performance.now() < until || !decisions) {
    for (const simulation of simulations) {
      await runSimulation(simulation, {});
    }
    decisions += simulations.length;
  }
  const used = process.cpuUsage(begun);
  return { decisions, seconds: (used.user + used.system) / 1e6 };
}

if (task === "answer") {
  for (const simulation of simulations) {
    console.log(JSON.stringify(await answered(simulation)));
  }
} else {
  for (const simulation of simulations) {
    await runSimulation(simulation, {});
  }
  console.log(JSON.stringify(await measured()));
}
