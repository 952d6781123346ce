/**
 * Prints the section of CHANGELOG.md about a version: `node release-notes.ts v1.2.3`. Exits with 1 if the section is missing or empty, or
 * if one of the files in `NAMED` contains another version.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The files that name the version of the gateway, each with an expression that finds the version in it. */
const NAMED: readonly (readonly [string, RegExp])[] = [
  ['package.json', /^ {2}"version": "(.+)",$/m],
  ['deploy/helm/gpu-availability-gateway/Chart.yaml', /^version: (.+)$/m],
  ['deploy/helm/gpu-availability-gateway/Chart.yaml', /^appVersion: (.+)$/m],
];

/** Returns the section of CHANGELOG.md about a version. `read` returns the text of a file. @throws {Error} that names all problems. */
export function releaseNotes(version: string, read: (file: string) => string): string {
  const problems = NAMED.flatMap(([file, pattern]) => {
    const [line = 'none', found] = pattern.exec(read(file)) ?? [];
    return found === version ? [] : [`${file} has another version than "${version}": ${line.trim()}`];
  });
  const notes = sectionOf(version, read('CHANGELOG.md'));
  if (notes === '') problems.push(`CHANGELOG.md has no notes under the heading [${version}]`);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return notes;
}

/** Returns the text under the heading of a version, such as `## [1.2.3] - 2026-11-29`, up to the next heading of a version. */
function sectionOf(version: string, changelog: string): string {
  const sections = changelog.split(/^## /m);
  const section = sections.find((text) => text.startsWith(`[${version}]`)) ?? '';
  return section.slice(section.indexOf('\n') + 1).trim();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(releaseNotes((process.argv[2] ?? '').replace(/^v/, ''), (file) => readFileSync(file, 'utf8')));
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
