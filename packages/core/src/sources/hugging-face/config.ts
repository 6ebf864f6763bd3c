import { join } from 'node:path';
import { readSmallText } from '../small-text.ts';

/** What the configuration of a model says, as far as it is recorded. */
export interface ModelConfig {
  /** Such as `LlamaForCausalLM`. */
  readonly architectures: readonly string[];
  /** Such as `llama`. */
  readonly modelType: string | null;
  /** Such as `bfloat16`. */
  readonly dtype: string | null;
  /** Such as `gptq`. */
  readonly quantization: string | null;
  readonly transformersVersion: string | null;
  /** The library that reads such a configuration. */
  readonly library: 'transformers' | 'diffusers' | 'peft';
  /** What an adapter is for. */
  readonly baseModel: string | null;
}

/** Largest configuration that is read, bytes: one that lists the names of many classes has a few MB. */
const CONFIG_SIZE_MAX = 16 * 1024 * 1024;

/**
 * Reads `config.json`, `adapter_config.json` or `model_index.json` in a folder; `null` when there is none that is a
 * model's.
 */
export async function readModelConfig(folder: string): Promise<ModelConfig | null> {
  const config = await readObject(join(folder, 'config.json'));
  if (config && (config.model_type !== undefined || Array.isArray(config.architectures)))
    return describe(config, 'transformers');
  const adapter = await readObject(join(folder, 'adapter_config.json'));
  if (adapter && adapter.peft_type !== undefined) return describe(adapter, 'peft');
  const pipeline = await readObject(join(folder, 'model_index.json'));
  if (pipeline && pipeline._class_name !== undefined) return describe(pipeline, 'diffusers');
  return null;
}

type JsonObject = Readonly<Record<string, unknown>>;

function describe(config: JsonObject, library: ModelConfig['library']): ModelConfig {
  const { architectures, quantization_config: quantization } = config;
  const listed = Array.isArray(architectures) ? architectures : [config._class_name];
  return {
    architectures: listed.flatMap((each) => textOf(each) ?? []).slice(0, ARCHITECTURES_MAX),
    modelType: textOf(config.model_type) ?? textOf(config.peft_type),
    dtype: textOf(config.dtype) ?? textOf(config.torch_dtype),
    quantization: isObject(quantization) ? textOf(quantization.quant_method) : null,
    transformersVersion: textOf(config.transformers_version),
    library,
    baseModel: textOf(config.base_model_name_or_path),
  };
}

const ARCHITECTURES_MAX = 16;

/** Longest text that is taken over, characters. */
const TEXT_LENGTH_MAX = 200;

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= TEXT_LENGTH_MAX ? value : null;
}

/** What is not JSON, or not an object, is a file like any other. */
async function readObject(path: string): Promise<JsonObject | null> {
  try {
    const value: unknown = JSON.parse((await readSmallText(path, CONFIG_SIZE_MAX)) ?? 'null');
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
