const { default: Sequencer } = require("@jest/test-sequencer");

const isLab = ({ path }) => /\/openstack(\/|\.test)/.test(path);
const isConformance = ({ path }) => path.includes("/conformance/");

/**
 * Spreads the suites that wait for a cloud among those that keep a processor busy: two at once would only wait for each
 * other. The cloud may take a while to start, so others come first; its conformance suite takes longest, and is the
 * first of its own.
 */
module.exports = class extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const lab = sorted.filter(isLab).sort((a, b) => isConformance(b) - isConformance(a));
    const others = sorted.filter((test) => !isLab(test));
    const step = Math.max(1, Math.floor(others.length / (lab.length + 1)));
    const spread = [];
    while (lab.length > 0 || others.length > 0) spread.push(...others.splice(0, step), ...lab.splice(0, 1));
    return spread;
  }
};
