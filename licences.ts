/**
 * Lists the packages that `npm run build` bundled into dist, with their licences: `npm run licences`. Also writes the texts of the licences
 * and a software bill of materials into dist. Exits with 1 if a package has no licence or one that is not permissive. An argument can name
 * a folder other than dist.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import satisfies from 'spdx-satisfies';

/** The permissive licences, by their SPDX identifiers. The gateway may be distributed with packages under these licences. */
const PERMISSIVE = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
];

/** The end of a file name. Each build lists its bundled packages in a file whose name ends like this. */
const LIST = 'licences.json';

const NOTICES = 'THIRD-PARTY-NOTICES.txt';

/** The software bill of materials, in the format of CycloneDX. */
const SBOM = 'sbom.cdx.json';

/** A bundled package, with the SPDX identifier of its licence from its package.json and the text of its licence file. */
interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly identifier?: string;
  readonly text?: string;
}

const folder = process.argv[2] ?? 'dist';
const packages = readPackages();
for (const bundled of packages) console.log(titleOf(bundled));
writeFileSync(join(folder, NOTICES), noticesOf(packages));
writeFileSync(join(folder, SBOM), `${JSON.stringify(sbomOf(packages), null, 2)}\n`);

const refused = packages.filter((bundled) => !isPermissive(bundled));
if (refused.length > 0) {
  const names = refused.map((bundled) => `  ${titleOf(bundled)}`).join('\n');
  console.error(
    `\nThese packages have no permissive licence, so they may not be shipped:\n${names}\nReplace them, or add the licence to PERMISSIVE in licences.ts.`,
  );
  process.exitCode = 1;
}

/** Reads the lists of all builds. Returns each package once, in alphabetical order. */
function readPackages(): readonly BundledPackage[] {
  const lists = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith(LIST));
  const all = lists.flatMap((list) => JSON.parse(readFileSync(join(folder, list), 'utf8')) as BundledPackage[]);
  const byTitle = new Map(all.map((bundled) => [titleOf(bundled), bundled]));
  return [...byTitle].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, bundled]) => bundled);
}

function isPermissive({ identifier = '' }: BundledPackage): boolean {
  try {
    return satisfies(identifier, PERMISSIVE);
  } catch {
    // `satisfies` throws if the identifier is not an SPDX expression, such as "SEE LICENSE IN terms.txt".
    return false;
  }
}

function noticesOf(all: readonly BundledPackage[]): string {
  const notices = all.map(
    (bundled) => `${titleOf(bundled)}\n\n${bundled.text ?? 'The package has no licence file.'}\n`,
  );
  return `The gateway contains these packages.\n\n${notices.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/**
 * Returns the software bill of materials. It has neither a time nor a serial number, so that the same packages always result in the same
 * file.
 */
function sbomOf(all: readonly BundledPackage[]): object {
  const { name, version, license } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', ...componentOf({ name, version, identifier: license }) } },
    components: all.map((bundled) => ({ type: 'library', ...componentOf(bundled) })),
  };
}

function componentOf({ name, version, identifier }: BundledPackage): object {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const licenses = identifier === undefined ? [] : [{ expression: identifier }];
  return { 'bom-ref': purl, name, version, purl, licenses };
}

function titleOf({ name, version, identifier = 'no licence' }: BundledPackage): string {
  return `${name} ${version}, ${identifier}`;
}
