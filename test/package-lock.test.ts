import lock from '../package-lock.json';

/** `npm ci` refuses a lock file that leaves out what other platforms need; npm writes such a one where a registry lacks them. */
test('the lock file names the optional dependencies of every platform', () => {
  const packages = lock.packages as Record<string, { optionalDependencies?: Record<string, string> }>;
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) => {
    const parent = path.slice(0, path.lastIndexOf('node_modules/'));
    return Object.keys(optionalDependencies ?? {}).filter((name) =>
      [`${path}/`, parent, ''].every((folder) => !(`${folder}node_modules/${name}` in packages)),
    );
  });
  expect(missing).toEqual([]);
});
