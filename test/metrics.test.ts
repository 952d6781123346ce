import { describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { KEY, startFakeRest } from './support/fake-rest.ts';
import { answerWith, startFakeRunPod } from './support/fake-runpod.ts';
import { connect, createGateway } from './support/gateway.ts';
import { pick, samplesOf } from './support/metrics.ts';

const MATRIX = '{ gpuAvailability { totalCount } }';
const L4 = '{ gpuAvailability(gpuType: "L4") { totalCount } }';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('metrics', () => {
  it('count requests to RunPod by their outcome', async () => {
    await using runPod = await startFakeRunPod(({ variables }) => {
      if (variables?.['gpuTypeId'] === 'NVIDIA L4') return answerWith(500, '');
      if (variables?.['gpuTypeId'] !== 'NVIDIA A40') return undefined;
      return (response, good) => {
        const errors = [{ message: 'no', path: ['gpuTypes', 0, 'dc_3'] }];
        answerWith(200, JSON.stringify({ ...JSON.parse(good), errors }))(response, good);
      };
    });
    const gateway = connect(runPod.url, { UPSTREAM_RETRIES: '0' });
    await gateway.ask(MATRIX);
    const samples = await samplesOf(gateway);
    expect(pick(samples, 'gpu_gateway_upstream_attempts_total')).toEqual({
      '{source="runpod_graphql",operation="GpuTypes",outcome="complete"}': 1,
      '{source="runpod_graphql",operation="DataCenters",outcome="complete"}': 1,
      '{source="runpod_graphql",operation="LowestPrices",outcome="complete"}': 39,
      '{source="runpod_graphql",operation="LowestPrices",outcome="incomplete"}': 1,
      '{source="runpod_graphql",operation="LowestPrices",outcome="unreachable"}': 1,
    });
    expect(
      pick(samples, 'gpu_gateway_upstream_attempt_duration_seconds_count')[
        '{source="runpod_graphql",operation="LowestPrices"}'
      ],
    ).toBe(41);
    expect(pick(samples, 'gpu_gateway_cells')).toEqual({
      '{state="fresh"}': 40 * 39 - 1,
      '{state="stale"}': 0,
      '{state="failed"}': 39 + 1,
      '{state="idle"}': 0,
    });
  });

  it('count cache reads by their result, and show the age of answers', async () => {
    await using runPod = await startFakeRunPod();
    const gateway = connect(runPod.url);
    await gateway.ask(L4);
    await gateway.ask(L4);
    runPod.fail(() => answerWith(500, ''));
    gateway.passSeconds(61);
    await gateway.ask(L4);
    const samples = await samplesOf(gateway);
    const reads = { '{result="miss"}': 3, '{result="fresh"}': 5, '{result="stale"}': 1 };
    expect(pick(samples, 'gpu_gateway_cache_reads_total')).toEqual(reads);
    expect(pick(await samplesOf(gateway), 'gpu_gateway_cache_reads_total')).toEqual(reads);
    expect(pick(samples, 'gpu_gateway_cells')).toMatchObject({ '{state="fresh"}': 0, '{state="stale"}': 39 });
    expect(samples['gpu_gateway_oldest_answer_age_seconds']).toBeGreaterThanOrEqual(61);
    gateway.passSeconds(3600);
    await gateway.ask(L4);
    const later = await samplesOf(gateway);
    expect(pick(later, 'gpu_gateway_cells')).toMatchObject({ '{state="stale"}': 0, '{state="failed"}': 39 });
    expect(later['gpu_gateway_oldest_answer_age_seconds']).toBe(0);
  });

  it('count no cell as stale while no client asks for it', async () => {
    await using runPod = await startFakeRunPod();
    const gateway = connect(runPod.url);
    await gateway.ask(L4);
    gateway.passSeconds(61);
    const cells = async () => pick(await samplesOf(gateway), 'gpu_gateway_cells');
    expect(await cells()).toMatchObject({ '{state="fresh"}': 0, '{state="stale"}': 0, '{state="idle"}': 39 });
    expect((await samplesOf(gateway))['gpu_gateway_oldest_answer_age_seconds']).toBe(0);
    runPod.fail(() => answerWith(500, ''));
    await gateway.ask(L4);
    expect(await cells()).toMatchObject({ '{state="stale"}': 39, '{state="idle"}': 0 });
    gateway.passSeconds(301);
    expect(await cells()).toMatchObject({ '{state="stale"}': 0, '{state="idle"}': 39 });
    gateway.passSeconds(3600);
    await gateway.ask(L4);
    expect(await cells()).toMatchObject({ '{state="failed"}': 39, '{state="idle"}': 0 });
  });

  it('count requests, including refused ones, by the type of their operation, and count errors by their code', async () => {
    const gateway = createGateway({ CLIENT_API_KEYS: 'secret' });
    const authorization = 'Bearer secret';
    const ask = (query: string) =>
      gateway.ask(query, {}, { body: JSON.stringify({ query }), headers: { ...JSON_TYPE, authorization } });
    await ask('fragment Source on Upstream { source } query { upstream { ...Source } }');
    await ask('{');
    await ask('{ nothing }');
    await ask('{ gpuAvailability(gpuType: "no such type") { totalCount } }');
    await gateway.ask('{ upstream { source } }');
    await gateway.get('/graphql?query={upstream{source}}');
    const samples = await samplesOf(gateway);
    expect(pick(samples, 'gpu_gateway_request_duration_seconds_count')).toEqual({
      '{operation_type="query",status_code="200"}': 2,
      '{operation_type="unknown",status_code="200"}': 2,
      '{operation_type="unknown",status_code="401"}': 2,
    });
    expect(pick(samples, 'gpu_gateway_execution_duration_seconds_count')).toEqual({ '{operation_type="query"}': 2 });
    expect(pick(samples, 'gpu_gateway_errors_total')).toEqual({
      '{code="internal_server_error"}': 0,
      '{code="graphql_parse_failed"}': 1,
      '{code="graphql_validation_failed"}': 1,
      '{code="bad_user_input"}': 1,
    });
  });

  it('count errors in the parts of an answer', async () => {
    const gateway = createGateway();
    const query = '{ upstream { source } ... @defer { gpuAvailability(gpuType: "no such type") { totalCount } } }';
    const response = await gateway.handler.fetch('http://gateway.invalid/graphql', {
      method: 'POST',
      headers: { ...JSON_TYPE, accept: 'multipart/mixed' },
      body: JSON.stringify({ query }),
    });
    expect(await response.text()).toContain('{"incremental":[{"data":{"gpuAvailability":null}');
    expect(pick(await samplesOf(gateway), 'gpu_gateway_errors_total')).toMatchObject({ '{code="bad_user_input"}': 1 });
  });

  it("show RunPod's rate limits and the time of its last answer", async () => {
    await using rest = await startFakeRest();
    rest.send({ ratelimit: '"minute";r=57;t=30, "hour";r=9;t=30', 'ratelimit-policy': '"minute";q=60;w=60' });
    const gateway = createGateway({ UPSTREAM: 'rest', RUNPOD_API_KEY: KEY, RUNPOD_REST_URL: rest.url });
    const before = await samplesOf(gateway);
    expect(pick(before, 'gpu_gateway_upstream_quota')).toEqual({});
    expect(pick(before, 'gpu_gateway_upstream_last_success')).toEqual({});
    await gateway.ask(L4);
    const samples = await samplesOf(gateway);
    expect(pick(samples, 'gpu_gateway_upstream_quota')).toEqual({
      '_remaining{source="runpod_rest",window="minute"}': 57,
      '_remaining{source="runpod_rest",window="hour"}': 9,
      '_limit{source="runpod_rest",window="minute"}': 60,
    });
    const lastSuccess = samples['gpu_gateway_upstream_last_success_timestamp_seconds{source="runpod_rest"}'];
    expect(Math.abs(Number(lastSuccess) - Date.now() / 1000)).toBeLessThan(60);
    gateway.passSeconds(31);
    expect(pick(await samplesOf(gateway), 'gpu_gateway_upstream_quota')).toEqual({});
  });

  it('contain the versions of the gateway and of Node', async () => {
    expect(pick(await samplesOf(createGateway()), 'gpu_gateway_build_info')).toEqual({
      [`{version="${packageJson.version}",node_version="${process.versions.node}"}`]: 1,
    });
  });

  it('show the state of the request queue and of the circuit breaker', async () => {
    const held: (() => void)[] = [];
    await using runPod = await startFakeRunPod(({ operationName }) =>
      operationName === 'LowestPrices' ? (response, good) => held.push(() => response.end(good)) : undefined,
    );
    const gateway = connect(runPod.url);
    const answer = gateway.ask(MATRIX);
    await expect.poll(() => held.length).toBe(3);
    const samples = await samplesOf(gateway);
    expect(samples).toMatchObject({
      gpu_gateway_upstream_in_flight: 3,
      gpu_gateway_upstream_queue_length: 38,
      'gpu_gateway_upstream_pause_seconds{source="runpod_graphql"}': 0,
    });
    expect(pick(samples, 'gpu_gateway_upstream_circuit_state')).toEqual({
      '{source="runpod_graphql",state="closed"}': 1,
      '{source="runpod_graphql",state="half-open"}': 0,
      '{source="runpod_graphql",state="open"}': 0,
    });
    runPod.fail();
    for (const release of held) release();
    await answer;
    expect(await samplesOf(gateway)).toMatchObject({
      gpu_gateway_upstream_in_flight: 0,
      gpu_gateway_upstream_queue_length: 0,
    });
  });

  it('show that requests are paused after a 429, and that the circuit breaker is open while RunPod fails as a whole', async () => {
    await using runPod = await startFakeRunPod();
    const gateway = connect(runPod.url, { UPSTREAM_RETRIES: '0' });
    await gateway.ask(MATRIX);
    const renew = () => {
      gateway.passSeconds(61);
      return gateway.ask(MATRIX);
    };
    const sample = async (name: string) => (await samplesOf(gateway))[name];
    runPod.fail(() => answerWith(500, ''));
    await renew();
    await expect.poll(() => sample('gpu_gateway_upstream_circuit_state{source="runpod_graphql",state="open"}')).toBe(1);
    expect(await sample('gpu_gateway_upstream_circuit_state{source="runpod_graphql",state="closed"}')).toBe(0);
    runPod.fail();
    const isClosed = () => sample('gpu_gateway_upstream_circuit_state{source="runpod_graphql",state="closed"}');
    await expect.poll(isClosed).toBe(1);
    runPod.fail(() => answerWith(429, '', { 'retry-after': '2' }));
    await renew();
    await expect.poll(() => sample('gpu_gateway_upstream_pause_seconds{source="runpod_graphql"}')).toBeGreaterThan(0);
    expect(await sample('gpu_gateway_upstream_pause_seconds{source="runpod_graphql"}')).toBeLessThanOrEqual(2);
  });

  it('have no label whose value a client chose', async () => {
    const gateway = createGateway();
    const odd = 'Odd7342';
    const ask = async (query: string, extra: object = {}) => {
      const init = {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-request-id': odd, 'user-agent': odd },
        body: JSON.stringify({ query, operationName: odd, ...extra }),
      };
      await gateway.handler.fetch(`http://${odd}.invalid/graphql?${odd}=1`, init);
    };
    const askAll = async () => {
      await ask(`query ${odd} { ${odd}: upstream { ${odd}: source } }`);
      await ask(`query ${odd} { ${odd}: gpuAvailability(gpuType: "${odd}") { totalCount } }`);
      await ask(`query ${odd} { ${odd} }`);
      await ask(`query ${odd} {`);
      await ask(`mutation ${odd} { ${odd} }`);
      await ask('{ upstream { source } }', { extensions: { [odd]: odd }, variables: { [odd]: odd } });
      await gateway.get(`/${odd}`);
      await gateway.handler.fetch('http://gateway.invalid/graphql', { method: odd.toUpperCase() });
    };
    await askAll();
    const before = await samplesOf(gateway);
    expect(Object.keys(before).join('\n').toLowerCase()).not.toContain(odd.toLowerCase());
    await askAll();
    expect(Object.keys(await samplesOf(gateway))).toEqual(Object.keys(before));
    expect(pick(before, 'gpu_gateway_request_duration_seconds_count')).not.toEqual({});
  });
});
