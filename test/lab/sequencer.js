const Sequencer = require('@jest/test-sequencer').default;

/** Suites of minutes: whichever began last would keep the whole run waiting for it alone. Jest itself only knows after a first run. */
const LONG = /lab\/(athena\/(kills|nights)|machine\/(failures|nights)|fixtures)\.lab/;

module.exports = class LongFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return [...sorted.filter(({ path }) => LONG.test(path)), ...sorted.filter(({ path }) => !LONG.test(path))];
  }
};
