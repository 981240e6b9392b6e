import type { Project } from '../src/core/project';
import { timeZoneProblem } from '../src/project/time-zones';
import { dateWithout } from './clock-changes';
import type { Settings } from './settings';
import { sourceTables } from './source-tables';

export interface Contradiction {
  code: string;
  /** Path into deploy.yml. */
  at: readonly PropertyKey[];
  found: string;
  remedy: string;
}

/**
 * What each key alone allows and all together do not.
 *
 * @throws DefinitionError source_not_a_table where the project reads files.
 */
export function contradictions(settings: Settings, project: Project): Contradiction[] {
  return [
    ...scheduleProblems(settings, project),
    ...sourceProblems(settings, project),
    ...placeProblems(settings),
    ...saltProblems(settings, project),
    ...alarmProblems(settings),
  ];
}

function scheduleProblems({ schedule }: Settings, project: Project): Contradiction[] {
  const zone = timeZoneProblem(schedule.time_zone);
  if (zone) return [{ code: 'time_zone_unknown', at: ['schedule', 'time_zone'], ...zone }];
  if (schedule.time_zone !== project.file.time_zone) {
    return [
      {
        code: 'settings_contradict',
        at: ['schedule', 'time_zone'],
        found: `the schedule is in ${schedule.time_zone}, but days of the shop are those of ${project.file.time_zone}`,
        remedy: 'write the time_zone of tidemark.yml: a night starts once a day of the shop is over',
      },
    ];
  }
  const date = dateWithout(schedule.at, schedule.time_zone);
  if (date === undefined) return [];
  return [
    {
      code: 'schedule_in_gap',
      at: ['schedule', 'at'],
      found: `${schedule.at} does not exist on every day in ${schedule.time_zone}: clocks skip it, as on ${date}, and the night of such a day would not run`,
      remedy: 'choose an hour before or after the change',
    },
  ];
}

function sourceProblems({ sources, database }: Settings, project: Project): Contradiction[] {
  const read = sourceTables(project);
  const named = sources.map((source) => source.database);
  return [
    ...[...read].flatMap(([name, tables]) =>
      named.includes(name)
        ? []
        : {
            code: 'settings_contradict',
            at: ['sources'],
            found: `tidemark.yml reads ${tables.map((table) => `${name}.${table}`).join(', ')}, but no source here names the database ${name}`,
            remedy: `add database: ${name} with the locations of its files`,
          },
    ),
    ...sources.flatMap((source, index) => {
      const at = ['sources', index, 'database'];
      const problem = (found: string, remedy: string) => [{ code: 'settings_contradict', at, found, remedy }];
      if (named.indexOf(source.database) !== index)
        return problem(`the database ${source.database} stands here twice`, 'put its locations into one entry');
      if (source.database === database)
        return problem(
          `${source.database} is a source and the database of Tidemark itself`,
          'name a new `database`: only Tidemark writes to it',
        );
      if (!read.has(source.database))
        return problem(
          `tidemark.yml reads nothing of the database ${source.database}`,
          `take it out: rights that nobody needs are not given${near(read)}`,
        );
      return [];
    }),
  ];
}

const near = (read: ReadonlyMap<string, unknown>): string => `; tidemark.yml reads ${[...read.keys()].join(', ')}`;

/** ARNs that lie elsewhere than what needs them. */
function placeProblems(settings: Settings): Contradiction[] {
  const { region, account, sources } = settings;
  const problems: Contradiction[] = sources.flatMap(({ keys, owner }, index) => [
    ...keys.flatMap((key, position) =>
      key.split(':')[3] === region
        ? []
        : {
            code: 'settings_contradict',
            at: ['sources', index, 'keys', position],
            found: `the key is one of ${key.split(':')[3]}, but everything else is in ${region}`,
            remedy: `name the key of ${region}`,
          },
    ),
    ...(owner?.account === account
      ? [
          {
            code: 'settings_contradict',
            at: ['sources', index, 'owner'],
            found: 'the owner is the very account that is deployed to',
            remedy: 'take `owner` out: the database is used as it is',
          },
        ]
      : []),
  ]);
  const secret = settings.hash_salt_secret?.split(':');
  if (secret && (secret[3] !== region || secret[4] !== account)) {
    problems.push({
      code: 'settings_contradict',
      at: ['hash_salt_secret'],
      found: `the secret is in ${secret[3]} of ${secret[4]}, but the functions are in ${region} of ${account}`,
      remedy: 'name a secret of the same account and region',
    });
  }
  return problems;
}

function saltProblems({ hash_salt_secret }: Settings, project: Project): Contradiction[] {
  const hashed = Object.values(project.sources).filter(({ mapping }) =>
    Object.values(mapping.columns).some((column) => typeof column === 'object' && 'hash' in column && column.hash),
  );
  if (hashed.length === 0 || hash_salt_secret !== undefined) return [];
  return [
    {
      code: 'settings_contradict',
      at: ['hash_salt_secret'],
      found: `tidemark.yml hashes customer ids of ${hashed.map(({ name }) => name).join(', ')}, and there is no salt to do it with`,
      remedy: 'put a long random text into a secret of Secrets Manager and name its ARN as hash_salt_secret',
    },
  ];
}

/** An alarm that nothing can set off. */
function alarmProblems({ alarms, limits }: Settings): Contradiction[] {
  if (alarms.night_hours < limits.night_hours) return [];
  return [
    {
      code: 'settings_contradict',
      at: ['alarms', 'night_hours'],
      found: `a night is ended after ${limits.night_hours} hours, so that none can be told for taking ${alarms.night_hours}`,
      remedy: 'write fewer hours than limits.night_hours',
    },
  ];
}
