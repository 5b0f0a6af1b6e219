// How maps were seen when they were last drawn, for those that are drawn anew. One of the same points keeps its
// zoom and pan, and where its points have moved to; one that is added has the others' zoom and pan, as maps are in step.
Latent.maps.seen = function () {
  let before = {};  // by model {points, view, moved}
  const same = ({ model, points }) => before[model]?.points === points ? before[model] : undefined;

  return {
    note(plots) {
      const drawn = plots.filter(Boolean).map(({ panel: { model, points }, view, moved }) => [model, { points, view: view(), moved }]);
      if (drawn.length) before = Object.fromEntries(drawn);
    },

    // {view: undefined for the whole map, moved: null where its points are its own} of one of the panels.
    of(panel, panels) {
      const was = same(panel), inStep = panel.plane ? [] : panels.filter(({ plane }) => !plane).map(same);
      const there = panels.some(({ model }) => model === was?.moved?.to);
      return { view: (was ?? inStep.find(Boolean))?.view, moved: there ? was.moved : null };
    },
  };
};

// What is chosen in one content of the maps, in the next: a picture of the same set, which is told by a model that both
// have, one of the visitor's own that is there still, or a spot of a map that is.
Latent.maps.kept = function (selected, was, value) {
  const now = value?.panels ?? [], place = (name) => now.findIndex(({ model }) => model === name);
  if (selected === null || !was?.panels?.some(({ model }) => place(model) >= 0)) return null;
  if (selected.z) {
    const { model, points } = was.panels[selected.at], at = place(model);
    return now[at]?.points === points ? { at, z: selected.z } : null;
  }
  if (selected >= 0) return selected;
  const mine = value.own.findIndex(({ id }) => id === was.own[-1 - selected].id);
  return mine < 0 ? null : -1 - mine;
};
