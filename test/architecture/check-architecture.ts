import { posix } from 'node:path';

/** Source text by path from the repository's root, with `/` on every system: `src/http/retry.ts`. */
export type Sources = ReadonlyMap<string, string>;

/** Every broken rule of the import table, one readable sentence each, naming the file and the rule. */
export function checkArchitecture(sources: Sources): string[] {
  const imports = new Map([...sources].map(([path, text]) => [path, readImports(path, text)]));
  return [
    ...[...sources].flatMap(([path, text]) => fileProblems(path, text)),
    ...[...imports].flatMap(([path, found]) =>
      found.flatMap((each) => {
        const problem = importProblem(path, each, sources);
        return problem === undefined ? [] : [`${path} imports '${each.specifier}': ${problem}`];
      }),
    ),
    ...findCycles(imports).map((cycle) => `import cycle: ${cycle.join(' -> ')}`),
  ];
}

/** What a room may import. A room is a folder of `src`, or `index` for the front doors that lie in `src` itself. */
interface Room {
  readonly rooms: readonly string[];
  /** Rooms that may be imported by `import type` alone. */
  readonly types?: readonly string[];
  readonly files?: readonly string[];
  readonly node?: boolean;
  readonly packages?: boolean;
}

const ROOMS: Readonly<Record<string, Room>> = {
  protocol: { rooms: [] },
  http: { rooms: ['protocol'] },
  operations: { rooms: ['protocol'], types: ['http'] },
  client: { rooms: ['operations', 'http', 'protocol'] },
  node: { rooms: ['http', 'protocol'], node: true },
  server: { rooms: ['protocol'], files: ['src/node/hash.ts'], node: true },
  cli: { rooms: ['node', 'operations', 'server'], files: ['src/index.node.ts'], node: true, packages: true },
  index: { rooms: ['client', 'operations', 'http', 'protocol', 'node'], node: true },
};

const VAGUE_NAMES = /^(utils?|helpers?|types|constants|common|misc)$/;

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
  /** The file it names, for a relative import. */
  readonly target: string | undefined;
}

function fileProblems(path: string, text: string): string[] {
  const problems: string[] = [];
  if (!(roomOf(path) in ROOMS)) problems.push(`${path}: no room of this name in the import table`);
  if (VAGUE_NAMES.test(posix.basename(path, '.ts'))) {
    problems.push(`${path}: a file is named for the one thing it exports, not '${posix.basename(path)}'`);
  }
  if (/^export\s+default\b|^export\s*\{[^}]*\bas\s+default\b/m.test(text)) {
    problems.push(`${path}: no default export`);
  }
  return problems;
}

function importProblem(path: string, each: Import, sources: Sources): string | undefined {
  const from = roomOf(path);
  const rule = ROOMS[from];
  if (rule === undefined) return undefined;
  if (each.specifier.startsWith('node:')) {
    return rule.node ? undefined : `'${from}' is portable and imports no 'node:' module`;
  }
  if (each.target === undefined) {
    return rule.packages ? undefined : `'${from}' imports no package`;
  }
  if (!sources.has(each.target)) return `there is no ${each.target}`;
  const to = roomOf(each.target);
  if (path === 'src/index.ts' && to === 'node') return `the portable door imports nothing from 'node'`;
  if (from === to || rule.rooms.includes(to) || rule.files?.includes(each.target)) return undefined;
  if (rule.types?.includes(to)) {
    return each.typeOnly ? undefined : `'${from}' imports only types from '${to}'`;
  }
  return `'${from}' may import ${[...rule.rooms, ...(rule.files ?? [])].join(', ') || 'nothing'}, not '${to}'`;
}

function roomOf(path: string): string {
  const [, room, ...rest] = path.split('/');
  return rest.length === 0 ? 'index' : (room ?? '');
}

/**
 * Reads import and export-from statements, dynamic imports and `import('x').Type`. Statements start a line, as the
 * formatter leaves them; lines of comments are passed over.
 */
function readImports(path: string, text: string): Import[] {
  const statement =
    /^(?:import|export)\s(?:(type\s)?[^;'"]*?\bfrom\s*)?(['"])([^'"\n]+)\2|^(?!\s*(?:\*|\/[/*])).*?\bimport\(\s*(['"])([^'"\n]+)\4/gm;
  return [...text.matchAll(statement)].map((match) => {
    const specifier = match[3] ?? match[5] ?? '';
    return {
      specifier,
      typeOnly: match[1] !== undefined,
      target: specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined,
    };
  });
}

/** Each cycle once, by depth-first search. A cycle of types alone counts: it ties the files together all the same. */
function findCycles(imports: ReadonlyMap<string, readonly Import[]>): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      cycles.push([...trail.slice(trail.indexOf(path)), path]);
      return;
    }
    if (done.has(path)) return;
    for (const { target } of imports.get(path) ?? []) {
      if (target !== undefined) visit(target, [...trail, path]);
    }
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  return cycles;
}
