import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Something the machine lacks: the message is one line that says what, and what to do. */
export class LabUnavailable extends Error {
  override name = 'LabUnavailable';
}

/** Oldest Java that Trino 476 starts on. */
const OLDEST_JAVA = 24;

const SYSTEM_FOLDERS = ['/usr/lib/jvm', '/Library/Java/JavaVirtualMachines'];

function candidates(): string[] {
  const folders = SYSTEM_FOLDERS.filter((folder) => existsSync(folder)).flatMap((folder) =>
    readdirSync(folder).flatMap((name) => [join(folder, name), join(folder, name, 'Contents/Home')]),
  );
  const homes = [process.env.JAVA_HOME, ...folders].filter((home): home is string => Boolean(home));
  return [...homes.map((home) => join(home, 'bin/java')).filter((file) => existsSync(file)), 'java'];
}

/** 0 where the program does not run. It prints its properties to the error stream. */
function versionOf(java: string): number {
  const { stderr } = spawnSync(java, ['-XshowSettings:properties', '-version'], { encoding: 'utf8' });
  return Number(/java\.specification\.version = (?:1\.)?(\d+)/.exec(stderr ?? '')?.[1] ?? 0);
}

/**
 * A Java new enough, by JAVA_HOME, the system's folders or PATH.
 *
 * @throws LabUnavailable when there is none.
 */
export function findJava(): string {
  const found = [...new Set(candidates())].find((java) => versionOf(java) >= OLDEST_JAVA);
  if (found) return found;
  throw new LabUnavailable(`the lab needs Java ${OLDEST_JAVA} or newer: install a JDK, or point JAVA_HOME at one`);
}
