/** The layers of ARCHITECTURE.md, as rules that a machine checks. Type-only imports count like any other. */

export interface LayerRule {
  /** What goes wrong when the rule is broken. */
  readonly reason: string;
  /** Files that the rule is about. */
  readonly from: RegExp;
  /** Files of that set that are free of it. */
  readonly except?: RegExp;
  /** Files or packages that they must not import. */
  readonly forbidden: RegExp;
}

export const layerRules: readonly LayerRule[] = [
  {
    reason:
      'everything that knows isomorphic-git sits in one folder, so that it can be replaced in one place',
    from: /^packages\//,
    except: /^packages\/store\/src\/repository\//,
    forbidden: /^isomorphic-git$/,
  },
  {
    reason: 'ciphers are composed in one package, where they are reviewed',
    from: /^packages\//,
    except: /^packages\/crypto\//,
    forbidden: /^@noble\//,
  },
  {
    reason: 'the store knows objects, packs and refs, and must not learn what a model is',
    from: /^packages\/store\/src\//,
    forbidden: /^@cairn\/|^cairn$/,
  },
  {
    reason: 'the cryptography knows bytes only, so that it can be used by itself and in a browser',
    from: /^packages\/crypto\/src\//,
    forbidden: /^@cairn\/|^cairn$/,
  },
  {
    reason: 'the library must not depend on how it is shown',
    from: /^packages\/core\/src\//,
    forbidden: /^@cairn\/(tui|testkit)|^cairn$|^node:process$/,
  },
  {
    reason: 'commands and screens know models and versions, not how they are stored',
    from: /^packages\/(cli|tui)\/src\//,
    forbidden: /^@cairn\/(store|crypto|testkit)/,
  },
  {
    reason: 'tests must not be judged by a tool that is made of what they judge',
    from: /^packages\/testkit\/src\//,
    forbidden: /^@cairn\/|^cairn$/,
  },
  {
    reason: 'boundaries and codecs are functions of bytes: no files, no threads, no clock',
    from: /^packages\/store\/src\/(parts|objects)\//,
    forbidden:
      /^node:(fs|os|worker_threads|timers)|\/src\/(files|pack|refs|repository|ingest|extract|collect|threads)\//,
  },
  {
    reason: 'inside the store, packs and refs lie below the transactions that use them',
    from: /^packages\/store\/src\/(files|pack|refs|repository)\//,
    forbidden: /\/store\/src\/(ingest|extract|collect)\//,
  },
  {
    reason: 'inside the library, what reads and writes versions does not know the upkeep built on it',
    from: /^packages\/core\/src\/(schema|sources|cache)\//,
    forbidden: /\/core\/src\/(models|versions|upkeep)\//,
  },
];
