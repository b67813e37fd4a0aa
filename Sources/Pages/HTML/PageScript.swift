// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// What moves on pages: each `figure.moving` has a slider over frames. Its numbers stand in the page as JSON: labels, and
/// for every class of circles the coordinates of each frame; pictures are shown one at a time.
///
/// Without scripts the last frame is seen.
let pageScript = """
  "use strict";
  for (const figure of document.querySelectorAll("figure.moving")) {
    const slider = figure.querySelector("input[type=range]");
    const output = figure.querySelector("output");
    const button = figure.querySelector("button");
    const data = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
    const groups = Object.entries(data.groups).map(([name, frames]) =>
      [Array.from(figure.querySelectorAll(":scope > svg g." + name + " circle")), frames]);
    const pictures = Array.from(figure.querySelectorAll("img"));
    const show = () => {
      const frame = Number(slider.value);
      for (const [circles, frames] of groups) {
        const places = frames[frame];
        circles.forEach((circle, index) => {
          circle.setAttribute("cx", places[2 * index]);
          circle.setAttribute("cy", places[2 * index + 1]);
        });
      }
      pictures.forEach((picture, index) => { picture.hidden = index !== frame; });
      output.textContent = data.labels[frame];
      slider.setAttribute("aria-valuetext", data.labels[frame]);
    };
    slider.addEventListener("input", show);
    let timer = null;
    const stop = () => {
      clearInterval(timer);
      timer = null;
      button.textContent = "Play";
    };
    button.addEventListener("click", () => {
      if (timer !== null) { stop(); return; }
      if (Number(slider.value) >= Number(slider.max)) { slider.value = 0; show(); }
      button.textContent = "Stop";
      timer = setInterval(() => {
        slider.value = Number(slider.value) + 1;
        show();
        if (Number(slider.value) >= Number(slider.max)) { stop(); }
      }, matchMedia("(prefers-reduced-motion: reduce)").matches ? 800 : 120);
    });
    button.hidden = false;
    show();
  }

  """
