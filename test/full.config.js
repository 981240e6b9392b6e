const base = require('../jest.config');

/** `npm run test:full`: every model killed before, during and after; minutes. */
module.exports = { ...base, rootDir: '..', roots: ['<rootDir>/test/full'], testPathIgnorePatterns: ['/node_modules/'] };
