import { isYamlMap, parseYaml, type YamlMap, type YamlValue, yamlText } from '../yaml.ts';

/** What the front matter of a model card says of the model, as far as versions are found by it. */
export interface CardFacts {
  /** `license`, `pipeline_tag`, `library_name`, `base_model` and `tags`, those that are there. */
  readonly labels: readonly (readonly [string, string])[];
  readonly libraryName: string | null;
}

const NOTHING: CardFacts = { labels: [], libraryName: null };

/** Fields that become labels, in their order (https://huggingface.co/docs/hub/model-cards). */
const LABELS = ['license', 'pipeline_tag', 'library_name', 'base_model', 'tags'] as const;

/** YAML between two lines of dashes, at the very beginning. */
const FRONT_MATTER = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(\r?\n|$)/;

/** Reads the front matter of a `README.md`. One that is not YAML says nothing: the card is for people first. */
export function parseCardFacts(card: string): CardFacts {
  const [, yaml] = FRONT_MATTER.exec(card) ?? [];
  const map = yaml === undefined ? null : mapOf(yaml);
  if (map === null) return NOTHING;
  const labels = LABELS.flatMap((name): [string, string][] => {
    const text = textOf(map.get(name));
    return text === null ? [] : [[name, text]];
  });
  return { labels, libraryName: yamlText(map.get('library_name')) };
}

function mapOf(yaml: string): YamlMap | null {
  try {
    const value = parseYaml(`${yaml}\n`, 'the front matter');
    return isYamlMap(value) ? value : null;
  } catch {
    return null;
  }
}

/** A list as its texts with commas between. */
function textOf(value: YamlValue | undefined): string | null {
  if (!Array.isArray(value)) return yamlText(value);
  const texts = (value as readonly YamlValue[]).flatMap((each) => yamlText(each) ?? []);
  return texts.length > 0 ? texts.join(', ') : null;
}
