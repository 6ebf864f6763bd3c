import { isYamlMap, type YamlMap, type YamlValue, yamlText } from '../sources/yaml.ts';
import { checkImage, dockerfile, environmentLine, jsonWords, runByShell, runWords } from './dockerfile.ts';
import { PORTS } from './template.ts';

export interface BentoFacts {
  /** `bento.yaml`. */
  readonly bento: YamlMap;
  /** Whether `env/python/requirements.txt` is there. */
  readonly hasRequirements: boolean;
}

/** Where BentoML's own images have the bento, and who runs it. */
const HOME = '/home/bentoml';
const USER = '1034:1034';

const SHELL = ['/bin/sh', '-c'];

/**
 * A Dockerfile for a bento that has none of its own, from what its `bento.yaml` says in either specification: `image`
 * with its commands and requirements, or `docker` and `python`. Throws `hostile` for an image or a variable that is none.
 */
export function bentoDockerfile({ bento, hasRequirements }: BentoFacts): string {
  const image = mapIn(bento, 'image');
  const docker = mapIn(bento, 'docker');
  const requirements = requirementsOf(bento);
  return dockerfile([
    `FROM ${baseImage(image, docker)}`,
    '',
    'ENV LANG=C.UTF-8 LC_ALL=C.UTF-8 PYTHONIOENCODING=UTF-8 PYTHONUNBUFFERED=1',
    `ENV BENTO_PATH=${HOME}/bento BENTOML_HOME=${HOME} BENTOML_CONTAINERIZED=true HOME=${HOME}`,
    ...variablesOf(bento, docker).map(([name, value]) => environmentLine(name, value)),
    `WORKDIR ${HOME}/bento`,
    ...systemPackages(docker),
    ...textsIn(image.get('commands')).map((command) => runByShell(SHELL, command)),
    ...(hasRequirements
      ? ['COPY env/python ./env/python/', installed(['-r', 'env/python/requirements.txt'])]
      : []),
    ...(hasRequirements || requirements.length === 0 ? [] : [installed(requirements)]),
    installed([bentomlRequirement(bento)]),
    ...textsIn(image.get('post_commands')).map((command) => runByShell(SHELL, command)),
    'COPY . ./',
    runByShell(SHELL, `chown -R ${USER} ${HOME}`),
    '',
    `EXPOSE ${PORTS.http} ${PORTS.probe}`,
    `USER ${USER}`,
    `ENTRYPOINT ${jsonWords(['bentoml', 'serve', `${HOME}/bento`])}`,
  ]);
}

/** What BentoML takes where a bento says nothing. */
const PYTHON_VERSION = '3.11';

function baseImage(image: YamlMap, docker: YamlMap): string {
  const named = yamlText(image.get('base_image')) ?? yamlText(docker.get('base_image'));
  if (named !== null) return checkImage(named);
  const version = yamlText(image.get('python_version')) ?? yamlText(docker.get('python_version'));
  return checkImage(`python:${version ?? PYTHON_VERSION}-slim`);
}

/** Variables of the whole bento (`envs`), and of its image (`docker.env`); one without a value is given at run time. */
function variablesOf(bento: YamlMap, docker: YamlMap): [name: string, value: string][] {
  const listed = listIn(bento.get('envs')).filter(isYamlMap);
  const named = listed.map((each) => [each.get('name'), each.get('value')] as const);
  return [...mapIn(docker, 'env'), ...named].flatMap(([name, value]) =>
    typeof name === 'string' && typeof value === 'string' ? [[name, value]] : [],
  );
}

function systemPackages(docker: YamlMap): string[] {
  const names = textsIn(docker.get('system_packages'));
  if (names.length === 0) return [];
  return [
    runWords(['apt-get', 'update', '-q']),
    runWords(['apt-get', 'install', '-q', '-y', '--no-install-recommends', '--', ...names]),
  ];
}

/** A requirement is one word for pip, and an option is several. */
function requirementsOf(bento: YamlMap): string[] {
  const text = yamlText(mapIn(bento, 'image').get('python_requirements'));
  const lines = text === null ? textsIn(mapIn(bento, 'python').get('packages')) : text.split(/\r?\n/);
  const plain = lines.map((line) => line.replace(/(^|\s)#.*/, '').trim()).filter((line) => line !== '');
  return plain.flatMap((line) => (line.startsWith('-') ? line.split(/\s+/) : [line]));
}

function installed(words: readonly string[]): string {
  return runWords(['pip', 'install', '--no-cache-dir', ...words]);
}

/** The version that made the bento, where it says one. */
function bentomlRequirement(bento: YamlMap): string {
  const version = yamlText(bento.get('bentoml_version'));
  return version !== null && /^\d+(?:\.\d+)*(?:(?:a|b|rc|\.post)\d+)?$/.test(version)
    ? `bentoml==${version}`
    : 'bentoml';
}

function mapIn(map: YamlMap, key: string): YamlMap {
  const value = map.get(key);
  return isYamlMap(value) ? value : new Map();
}

function listIn(value: YamlValue | undefined): readonly YamlValue[] {
  return Array.isArray(value) ? value : [];
}

function textsIn(value: YamlValue | undefined): string[] {
  return listIn(value).filter((each) => typeof each === 'string');
}
