// Cerbos, the server, over gRPC without TLS, fifty requests a call; its own CPU time is counted. A part
// is an action, an agreement a version of the plan's policy, every FORBID a denial to the principal (which
// Cerbos consults first), and an obligation the output of a rule (README.md).
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GRPC } from '@cerbos/grpc';
import { attributesOf, conditionsOf, readWork, report } from './clauses.mjs';

const BATCH = 50;
const IN_FLIGHT = 4;
const text = JSON.stringify;

function expression(condition) {
  const field = `R.attr.${condition.field}`;
  if (condition.holds) return field;
  if ('at_most' in condition) return `${field} <= ${condition.at_most}`;
  if (condition.is.length === 1) return `${field} == ${text(condition.is[0])}`;
  return `${field} in [${condition.is.map(text).join(', ')}]`;
}

const conditionOf = (clause) => {
  const conditions = conditionsOf(clause).filter(({ field }) => field !== 'agreement').map(expression);
  return conditions.length === 0 ? {} : { condition: { match: { all: { of: conditions.map((expr) => ({ expr })) } } } };
};
const nameOf = (clause) => clause.id.replace(/[^A-Za-z0-9_]/g, '_');
const versionOf = (agreement) => agreement.replace(/[^A-Za-z0-9_]/g, '_');

function permitOf(clause) {
  return { name: nameOf(clause), actions: clause.parts, roles: ['*'], effect: 'EFFECT_ALLOW', ...conditionOf(clause),
    output: { when: { ruleActivated: text(clause.id) } } };
}

function forbidsOf(clause) {
  return clause.parts.map((action) =>
    ({ name: `${nameOf(clause)}_${action}`, action, effect: 'EFFECT_DENY', ...conditionOf(clause) }));
}

function writePolicies(folder, clauses) {
  const write = (name, policy) =>
    writeFileSync(join(folder, `${name}.json`), text({ apiVersion: 'api.cerbos.dev/v1', ...policy }));
  const forbids = clauses.filter(({ effect }) => effect === 'FORBID').flatMap(forbidsOf);
  if (forbids.length > 0) {
    write('caller', { principalPolicy: { principal: 'caller', version: 'default', rules: [{ resource: 'plan', actions: forbids }] } });
  }
  for (const agreement of new Set(clauses.map((clause) => clause.agreement))) {
    const rules = clauses.filter((one) => one.agreement === agreement && one.effect === 'PERMIT').map(permitOf);
    write(versionOf(agreement), { resourcePolicy: { resource: 'plan', version: versionOf(agreement), rules } });
  }
}

const freePort = () => new Promise((resolve) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});

const ticks = Number(execFileSync('getconf', ['CLK_TCK']));
function cpuSecondsOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}

async function start(folder) {
  const binary = createRequire(import.meta.url).resolve('@cerbos/cerbos-linux-x64');
  const [grpc, http] = [await freePort(), await freePort()];
  const server = spawn(binary, ['server', '--log-level=error', '--set=telemetry.disabled=true',
    '--set=storage.driver=disk', `--set=storage.disk.directory=${folder}`,
    '--set=storage.disk.watchForChanges=false',
    `--set=server.grpcListenAddr=127.0.0.1:${grpc}`, `--set=server.httpListenAddr=127.0.0.1:${http}`],
  { stdio: ['ignore', 'ignore', 'inherit'] });
  const client = new GRPC(`127.0.0.1:${grpc}`, { tls: false });
  for (let i = 0; ; ++i) {
    if (server.exitCode !== null) throw new Error('cerbos ended before it served');
    try {
      await client.serverInfo();
      return { server, client };
    } catch (error) {
      if (i === 600) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function answerOf(result, request, byId) {
  const parts = request.parts.filter((part) => result.isAllowed(part));
  const obligations = new Set();
  for (const { value } of result.outputs) {
    const clause = byId.get(value);
    if (clause?.parts.some((part) => parts.includes(part))) {
      for (const code of clause.obligations) obligations.add(code);
    }
  }
  return { parts, obligations: [...obligations] };
}

const { clauses, requests } = readWork(process.argv[2]);
const seconds = Number(process.argv[3]);
const byId = new Map(clauses.map((clause) => [clause.id, clause]));
const folder = mkdtempSync(join(tmpdir(), 'ehc-peers-'));
writePolicies(folder, clauses);
const { server, client } = await start(folder);
try {
  const load = cpuSecondsOf(server.pid) * 1e3;
  const asked = requests.filter(({ parts }) => parts.length > 0);
  const ask = (batch) => client.checkResources({
    principal: { id: 'caller', roles: ['caller'] },
    resources: batch.map((request, i) => ({
      resource: { kind: 'plan', id: String(i), policyVersion: versionOf(request.agreement), attributes: attributesOf(request) },
      actions: request.parts,
    })),
  });
  const batches = [];
  for (let i = 0; i < asked.length; i += BATCH) batches.push(asked.slice(i, i + BATCH));

  // One round for the answers and to warm up, not measured.
  const answers = new Map();
  for (const batch of batches) {
    const { results } = await ask(batch);
    results.forEach((result, i) => answers.set(batch[i], answerOf(result, batch[i], byId)));
  }
  const before = cpuSecondsOf(server.pid);
  const until = Date.now() + seconds * 1000;
  let decisions = 0;
  let next = 0;
  await Promise.all(Array.from({ length: IN_FLIGHT }, async () => {
    while (Date.now() < until) {
      const batch = batches[next++ % batches.length];
      await ask(batch);
      decisions += batch.length;
    }
  }));
  report({
    load_ms: load,
    answers: requests.map((request) => answers.get(request) ?? { parts: [], obligations: [] }),
    decisions_per_cpu_second: decisions / (cpuSecondsOf(server.pid) - before),
  });
} finally {
  client.close();
  server.kill();
  rmSync(folder, { recursive: true, force: true });
}
