// main.mjs EXPORTER [--format text|json] [--clauses 10,100,1000] [--requests N] [--seconds N]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PEERS = ['cerbos', 'cedar', 'casbin'];
const here = dirname(fileURLToPath(import.meta.url));

function optionsOf(words) {
  const options = { format: 'text', clauses: '10,100,1000', requests: '1000', seconds: '6' };
  for (let i = 0; i < words.length; i += 2) {
    const name = words[i].replace(/^--/, '');
    if (!(name in options) || words[i + 1] === undefined) {
      process.stderr.write(`peers: unknown option or no value: ${words[i]}\n`);
      process.exit(64);
    }
    options[name] = words[i + 1];
  }
  return options;
}

const sorted = (list) => [...list].sort().join(' ');

// What a peer answers otherwise than the engine.
function disagreements(requests, answers) {
  const found = [];
  answers.forEach((answer, i) => {
    const { expected } = requests[i];
    const same = sorted(answer.parts) === sorted(expected.parts) &&
      (answer.obligations === null || sorted(answer.obligations) === sorted(expected.obligations));
    if (!same) found.push({ request: i, engine: expected, peer: answer });
  });
  return found;
}

function measure(exporter, clauses, options, folder) {
  const path = join(folder, 'work.json');
  const buffer = { maxBuffer: 1 << 30 };
  const work = execFileSync(exporter, ['--clauses', clauses, '--requests', options.requests], buffer);
  writeFileSync(path, work);
  const { requests, engine } = JSON.parse(work);
  const permitted = requests.filter(({ expected }) => expected.parts.length > 0).length;
  const rows = [{
    engine: 'ehc', clauses, requests: requests.length, permitted, checked: requests.length, disagreements: 0, examples: [],
    load_ms: engine.load_ms, decisions_per_cpu_second: engine.decisions_per_cpu_second,
  }];
  for (const peer of PEERS) {
    process.stderr.write(`peers: ${peer}, ${clauses} clauses\n`);
    const result = JSON.parse(execFileSync('node', [join(here, `${peer}.mjs`), path, options.seconds],
      { ...buffer, stdio: ['ignore', 'pipe', 'inherit'] }));
    const different = disagreements(requests, result.answers);
    rows.push({
      engine: peer, clauses, requests: requests.length, permitted, checked: result.answers.length,
      disagreements: different.length, examples: different.slice(0, 3), load_ms: result.load_ms,
      decisions_per_cpu_second: result.decisions_per_cpu_second,
    });
  }
  return rows;
}

const [exporter, ...words] = process.argv.slice(2);
const options = optionsOf(words);
const folder = mkdtempSync(join(tmpdir(), 'ehc-peers-work-'));
let rows;
try {
  rows = options.clauses.split(',').flatMap((clauses) => measure(exporter, Number(clauses), options, folder));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const wrong = rows.filter((row) => row.disagreements > 0);
if (options.format === 'json') {
  process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
} else {
  const pad = (value, width) => String(value).padStart(width);
  process.stdout.write('clauses  engine  decisions/CPU-s  load ms  answers checked  disagreements\n');
  for (const row of rows) {
    process.stdout.write(`${pad(row.clauses, 7)}  ${row.engine.padEnd(6)}  ${pad(Math.round(row.decisions_per_cpu_second), 15)}  ` +
      `${pad(Math.round(row.load_ms), 7)}  ${pad(row.checked, 15)}  ${pad(row.disagreements, 13)}\n`);
  }
}
for (const row of wrong) {
  process.stderr.write(`peers: ${row.engine} at ${row.clauses} clauses differs on ${row.disagreements}: ${JSON.stringify(row.examples)}\n`);
}
process.exit(wrong.length === 0 ? 0 : 1);
