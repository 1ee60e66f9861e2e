const { default: Sequencer } = require("@jest/test-sequencer");

const isLab = ({ path }) => /\/openstack(\/|\.test)/.test(path);
const isConformance = ({ path }) => path.includes("/conformance/");

/**
 * Spreads the suites that wait for a cloud among those that keep a processor busy: two at once would only wait for each
 * other. Its conformance suite takes longest, and comes first.
 */
module.exports = class extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const lab = sorted.filter(isLab).sort((a, b) => isConformance(b) - isConformance(a));
    const others = sorted.filter((test) => !isLab(test));
    const step = Math.max(1, Math.floor(others.length / Math.max(1, lab.length)));
    const spread = [];
    while (lab.length > 0 || others.length > 0) spread.push(...lab.splice(0, 1), ...others.splice(0, step));
    return spread;
  }
};
