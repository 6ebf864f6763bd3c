import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordedStore } from '@cairn/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseYamlMap, type YamlMap, type YamlValue } from '../../src/sources/yaml.ts';
import { bentoDockerfile } from '../../src/templates/bento-dockerfile.ts';
import { environmentLine } from '../../src/templates/dockerfile.ts';
import { imageName } from '../../src/templates/image-name.ts';

function recorded(path: string): YamlMap {
  return parseYamlMap(readFileSync(join(recordedStore('bentoml'), 'home/bentos', path), 'utf8'), path);
}

test('a bento of the second specification gets a Dockerfile from its image', () => {
  const bento = recorded('house_price_service/4mnrt3aqs2bvagmy/bento.yaml');
  const lines = bentoDockerfile({ bento, hasRequirements: false }).split('\n');
  expect(lines[0]).toBe('FROM python:3.11-slim');
  expect(lines).toContain('ENV THREADS="2"');
  expect(lines).toContain(
    'RUN ["pip", "install", "--no-cache-dir", "scikit-learn", "numpy", "bentoml==1.4.39"]',
  );
  expect(lines).toContain('RUN ["/bin/sh", "-c", "echo ready"]');
  expect(lines).toContain('ENTRYPOINT ["bentoml", "serve", "/home/bentoml/bento"]');
});

test('a bento of the first specification gets one from its docker and python options', () => {
  const bento = recorded('house_price_old/5pqsu4aqs2bvagmy/bento.yaml');
  const lines = bentoDockerfile({ bento, hasRequirements: true }).split('\n');
  expect(lines[0]).toBe('FROM python:3.11-slim');
  expect(lines).toContain(
    'RUN ["apt-get", "install", "-q", "-y", "--no-install-recommends", "--", "libgomp1"]',
  );
  expect(lines).toContain('RUN ["pip", "install", "--no-cache-dir", "-r", "env/python/requirements.txt"]');
  expect(lines).toContain('RUN ["pip", "install", "--no-cache-dir", "bentoml==1.4.39"]');
});

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constant('x\nRUN id'), fc.constant('a" b\\\n$(id)'));
const textMap = fc.array(fc.tuple(text, text)).map((entries) => new Map<string, YamlValue>(entries));

const bentos = fc
  .record({ command: text, requirement: text, package: text, version: text, variables: textMap })
  .map(
    (said): YamlMap =>
      new Map<string, YamlValue>([
        ['bentoml_version', said.version],
        [
          'image',
          new Map<string, YamlValue>([
            ['commands', [said.command]],
            ['post_commands', [said.command]],
            ['python_requirements', said.requirement],
          ]),
        ],
        [
          'docker',
          new Map<string, YamlValue>([
            ['env', said.variables],
            ['system_packages', [said.package]],
          ]),
        ],
      ]),
  );

test('whatever a bento says, no line of the Dockerfile is anything but an instruction of ours', () => {
  fc.assert(
    fc.property(bentos, fc.boolean(), (bento, hasRequirements) => {
      let written: string;
      try {
        written = bentoDockerfile({ bento, hasRequirements });
      } catch (error) {
        expect(error).toMatchObject({ code: 'hostile' });
        return;
      }
      for (const line of written.split(/[\n\r\u2028\u2029]/)) expect(line).toMatch(INSTRUCTION);
    }),
    { numRuns: 300 },
  );
});

/** Commands are JSON to the end of their line. */
const INSTRUCTION =
  /^(?:|FROM python:3\.11-slim|WORKDIR \/home\/bentoml\/bento|USER 1034:1034|EXPOSE 3000 3001|COPY (?:\. \.\/|env\/python \.\/env\/python\/)|ENV .*|(?:RUN|ENTRYPOINT) \["(?:[^"\\]|\\.)*"(?:, "(?:[^"\\]|\\.)*")*\])$/;

test('images that are none are refused', () => {
  const from = (base: string) =>
    bentoDockerfile({
      bento: new Map([['image', new Map([['base_image', base]])]]),
      hasRequirements: false,
    }).split('\n')[0];
  expect(from('registry.example.org:5000/team/base:1.0')).toBe(
    'FROM registry.example.org:5000/team/base:1.0',
  );
  for (const base of ['a b', 'x\nRUN id', '--platform=x y', '$(id)', `a:${'x'.repeat(200)}`, 'a AS b']) {
    expect(() => from(base), base).toThrow(expect.objectContaining({ code: 'hostile' }));
  }
});

test('values of variables are taken as they are', () => {
  expect(environmentLine('A', 'say "$HOME" \\ it')).toBe('ENV A="say \\"\\$HOME\\" \\\\ it"');
  expect(() => environmentLine('A B', '1')).toThrow(expect.objectContaining({ code: 'hostile' }));
  expect(() => environmentLine('A', 'x\nRUN id')).toThrow(expect.objectContaining({ code: 'hostile' }));
});

test('images are named as engines allow it', () => {
  expect(imageName('StockPred', 'v3')).toBe('stockpred:v3');
  expect(imageName('a.-b_', '1.0+cpu')).toBe('a-b:1.0-cpu');
});
