import { once } from 'node:events';
import {
  linearPackage,
  nodePackage,
  raisingPackage,
  throwingNodePackage,
  twoModelsPackage,
} from '@cairn/testkit';
import { describe, expect, test } from 'vitest';
import { registryFixture } from '../registry-fixture.ts';
import { HAS_PYTHON } from '../running/package-fixture.ts';
import { builtPackage, serveTemplate } from './served-template.ts';

const SLOW_PYTHON = {
  ...linearPackage(),
  'hooks/predict.py': 'import time\n\n\ndef predict(*args, **kwargs):\n    time.sleep(600)\n',
};
const SLOW_NODE = {
  ...nodePackage(),
  'hooks/predict.mjs':
    'export const predict = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);\n',
};

const SERVERS = [
  { template: 'docker', files: linearPackage(), raising: raisingPackage('predict'), slow: SLOW_PYTHON },
  { template: 'node', files: nodePackage(), raising: throwingNodePackage(), slow: SLOW_NODE },
] as const;

describe.each(SERVERS)('the server of a $template template', ({ template, files, raising, slow }) => {
  const tried = test.skipIf(template === 'docker' && !HAS_PYTHON);

  tried('answers predictions with what the hooks give', async () => {
    using fixture = await registryFixture();
    const built = await builtPackage(fixture, files);
    expect(built.template).toBe(template);
    await using serving = await serveTemplate(built);
    expect(await serving.ask({ inputs: [1, 2] })).toEqual({ status: 200, answer: { outputs: [3, 5] } });
    expect(await serving.ask({ inputs: [0], service: 'main' })).toMatchObject({ status: 200 });
  });

  tried('refuses what it cannot ask the hooks, and says why', async () => {
    using fixture = await registryFixture();
    const serving = await serveTemplate(await builtPackage(fixture, files), {
      variables: { BODY_SIZE_MAX: '1000' },
    });
    await using _ = serving;
    const said = async (body: unknown) => (await serving.ask(body)).answer as { error: { message: string } };
    expect((await said('{')).error.message).toMatch(/^the body is not JSON/);
    expect((await said('[1]')).error.message).toBe('the body must be an object');
    expect((await said({ service: 'main' })).error.message).toBe('there are no inputs');
    expect((await said({ inputs: 1, more: 2 })).error.message).toBe('there is no field "more"');
    expect((await said({ inputs: 1, service: 'no' })).error.message).toBe('linear@v1 has no service "no"');
    expect((await said({ inputs: 1, service: 7 })).error.message).toBe('service must be the name of one');
    expect((await said({ inputs: 1, arguments: { model: 1 } })).error.message).toBe(
      'argument "model": hooks are given that already',
    );
    expect((await serving.ask({ inputs: 'x'.repeat(1000) })).status).toBe(413);
    const typed = await fetch(`${serving.url}/predict`, { method: 'POST', body: '{}' });
    expect(typed.status).toBe(415);
    expect((await fetch(`${serving.url}/predict`)).status).toBe(405);
    expect((await fetch(`${serving.url}/nothing`)).status).toBe(404);
    expect((await fetch(`${serving.probes}/predict`)).status).toBe(404);
    expect(await serving.ask({ inputs: [1] })).toMatchObject({ status: 200 });
  });

  tried('tells on both ports how it is, and counts', async () => {
    using fixture = await registryFixture();
    await using serving = await serveTemplate(await builtPackage(fixture, files));
    await serving.ask({ inputs: [1] });
    await serving.ask({});
    for (const url of [serving.url, serving.probes]) {
      for (const path of ['/health', '/healthz', '/readyz', '/livez']) {
        const answer = await fetch(url + path);
        expect(answer.status).toBe(200);
        expect(await answer.json()).toMatchObject({ status: 'ok' });
      }
      const metrics = await (await fetch(`${url}/metrics`)).text();
      expect(metrics).toContain('cairn_ready 1\n');
      expect(metrics).toContain('cairn_served_info{model="linear",version="v1"} 1\n');
      expect(metrics).toContain('cairn_requests_total{path="/predict",status="200"} 1\n');
      expect(metrics).toContain('cairn_requests_total{path="/predict",status="400"} 1\n');
      expect(metrics).toContain('cairn_predict_seconds_count 1\n');
    }
  });

  tried('describes itself', async () => {
    using fixture = await registryFixture();
    await using serving = await serveTemplate(await builtPackage(fixture, files));
    const description = await (await fetch(`${serving.url}/openapi.json`)).json();
    expect(description).toMatchObject({ openapi: '3.1.0', info: { title: 'linear', version: 'v1' } });
    expect(await (await fetch(`${serving.url}/docs.json`)).json()).toEqual(description);
  });

  tried('passes on what a hook threw, and goes on', async () => {
    using fixture = await registryFixture();
    await using serving = await serveTemplate(await builtPackage(fixture, raising));
    const { status, answer } = await serving.ask({ inputs: 'text' });
    expect(status).toBe(500);
    expect(answer).toMatchObject({ error: { code: 'failed' } });
    expect(JSON.stringify(answer)).toContain('predict of linear@v1 (hooks/predict.');
    expect((await fetch(`${serving.url}/readyz`)).status).toBe(200);
  });

  tried('answers probes while a prediction takes too long, and lets nobody wait for ever', async () => {
    using fixture = await registryFixture();
    await using serving = await serveTemplate(await builtPackage(fixture, slow), {
      variables: { TIMEOUT_SECONDS: '0.2', WAITING_MAX: '1' },
    });
    const asked = serving.ask({ inputs: [1] });
    expect((await fetch(`${serving.probes}/livez`)).status).toBe(200);
    expect(await asked).toMatchObject({ status: 504, answer: { error: { code: 'timeout' } } });
  });

  tried('ends when it is told to', async () => {
    using fixture = await registryFixture();
    await using serving = await serveTemplate(await builtPackage(fixture, files));
    const exited = once(serving.child, 'exit');
    serving.child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });

  tried('ends with an error when the package cannot be loaded', async () => {
    using fixture = await registryFixture();
    const { 'models/weights.json': _, ...others } = files;
    const built = await builtPackage(fixture, { ...others, 'models/other.json': '{}' });
    await using serving = await serveTemplate(built, { waits: false });
    expect(await once(serving.child, 'close')).toEqual([1, null]);
    expect(serving.printed()).toContain('weights.json');
  });
});

test.skipIf(!HAS_PYTHON)(
  'a package with several models and services is served as its manifest says',
  async () => {
    using fixture = await registryFixture();
    await using serving = await serveTemplate(await builtPackage(fixture, twoModelsPackage()));
    expect(await serving.ask({ inputs: [1] })).toEqual({ status: 200, answer: { outputs: [13] } });
    expect(await serving.ask({ inputs: [13], service: 'inverse' })).toEqual({
      status: 200,
      answer: { outputs: [1] },
    });
  },
);
