import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Metafile } from 'esbuild';

/** The name of the file with the licences of the packages whose code a bundle contains. */
export const LICENSES_FILE = 'THIRD-PARTY-LICENSES';

/** Licences that require no notice. */
const WITHOUT_NOTICE = new Set(['MIT-0']);

const SEPARATOR = `\n${'-'.repeat(80)}\n\n`;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

/**
 * Lists the packages whose code is in some bundles, with their licences.
 *
 * @param outputs the bundles in esbuild's metafile
 * @param project the folder that the metafile's paths are relative to
 * @throws Error the text of a licence is missing
 */
export function thirdPartyLicenses(outputs: Iterable<Metafile['outputs'][string]>, project: string): string {
  const folders = new Set([...outputs].flatMap(packageFolders).map(folder => join(project, folder)));
  const packagesByText = new Map<string, Set<string>>();
  for (const folder of folders) {
    const manifest = readManifest(folder);
    const text = `${manifest.license}\n\n${licenseText(folder, manifest)}`.trimEnd();
    const packages = packagesByText.get(text) ?? new Set();
    packagesByText.set(text, packages.add(`${manifest.name} ${manifest.version}`));
  }
  const entries: string[] = [];
  for (const [text, packages] of packagesByText) {
    entries.push(`${[...packages].sort().join('\n')}\n\nLicence: ${text}\n`);
  }
  return entries.sort((a, b) => (a < b ? -1 : 1)).join(SEPARATOR);
}

/** The folders of the packages in a bundle. */
function packageFolders({ inputs }: Metafile['outputs'][string]): string[] {
  return Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => {
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
    return folder === undefined || bytesInOutput === 0 ? [] : [folder];
  });
}

function licenseText(folder: string, { name, license }: Manifest): string {
  const text = licenseFile(folder) ?? sectionOfReadme(folder) ?? fileOfSibling(folder, license);
  if (text !== undefined) return text;
  if (WITHOUT_NOTICE.has(license)) return '';
  throw new Error(`${name}: the package has no licence text (${license}).`);
}

/** The licence of a package, and its notice if it has one (Apache License 2.0, section 4 d). */
function licenseFile(folder: string): string | undefined {
  const files = readdirSync(folder).sort();
  const license = files.find(file => /^licen[cs]e/i.test(file));
  if (license === undefined) return undefined;
  return [license, ...files.filter(file => /^notice/i.test(file))]
    .map(file => readFileSync(join(folder, file), 'utf8').trim())
    .join('\n\n');
}

/** Some packages have the text only in their README. */
function sectionOfReadme(folder: string): string | undefined {
  const readme = readdirSync(folder).find(file => /^readme\.md$/i.test(file));
  if (readme === undefined) return undefined;
  const text = readFileSync(join(folder, readme), 'utf8');
  return /^[^\n]*\bcopyright\b.*permission is hereby granted.*software\.\s*$/ims.exec(text)?.[0];
}

/** Some packages of the AWS SDK have no file. Other packages of the same scope have the same licence. */
function fileOfSibling(folder: string, license: string): string | undefined {
  const scope = dirname(folder);
  if (!basename(scope).startsWith('@')) return undefined;
  return readdirSync(scope)
    .sort()
    .map(name => join(scope, name))
    .filter(sibling => readManifest(sibling).license === license)
    .map(licenseFile)
    .find(text => text !== undefined);
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
