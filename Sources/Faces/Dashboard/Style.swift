/// The look of pages and charts: one palette for light and for dark, no external font or file.
enum Style {
    /// Colours told apart by most kinds of colour blindness, in both themes.
    static let colourCount = 8

    static let colours = """
        :root{color-scheme:light dark;--paper:#fff;--panel:#f6f7f9;--ink:#1b1f24;--soft:#59636e;
        --rule:#e3e6ea;--base:#9aa3ad;
        --c0:#2463c9;--c1:#d9541e;--c2:#11835a;--c3:#9440c4;--c4:#a97c00;--c5:#0b7f9e;--c6:#c2255c;
        --c7:#5c6470}
        @media (prefers-color-scheme:dark){:root{--paper:#14171b;--panel:#1c2026;--ink:#e7eaee;
        --soft:#9aa5b1;--rule:#2b3138;--base:#5c6570;
        --c0:#6ea8ff;--c1:#ff8a57;--c2:#4cc796;--c3:#cb8cf2;--c4:#e0b53c;--c5:#4fc3e0;--c6:#ff7aa5;
        --c7:#aab4bf}}
        """

    static let chart: String = {
        let palette = (0..<colourCount).map { ".chart .c\($0){--line:var(--c\($0))}" }.joined()
        return """
            .chart{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;
            width:100%;height:auto;display:block}
            .chart text{fill:var(--soft)}
            .chart .title{fill:var(--ink);font-size:16px;font-weight:600}
            .chart .subtitle{font-size:13px}
            .chart .name{fill:var(--ink);font-size:12.5px;dominant-baseline:middle}
            .chart .tick{font-variant-numeric:tabular-nums}
            .chart .tick.y{text-anchor:end;dominant-baseline:middle}
            .chart .x,.chart .axis,.chart .empty{text-anchor:middle}
            .chart .grid{stroke:var(--rule)}
            .chart .base,.chart .mark{stroke:var(--base)}
            .chart .band{fill:var(--line);opacity:.16}
            .chart .line{fill:none;stroke:var(--line);stroke-linejoin:round;stroke-linecap:round}
            .chart .strong{stroke-width:2.4}
            .chart .faint{stroke-width:1.1;opacity:.45}
            .chart .dashed{stroke-width:1.6;stroke-dasharray:5 5}
            .chart .dot{fill:var(--line);stroke:var(--paper);stroke-width:1.5}
            \(palette)
            """
    }()

    static let page = """
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);
        font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
        main{max-width:880px;margin:0 auto;padding:48px 24px 72px}
        h1{font-size:30px;line-height:1.2;margin:0 0 8px;letter-spacing:-.01em}
        h2{font-size:19px;margin:48px 0 12px}
        .lead{color:var(--soft);margin:0 0 28px;max-width:68ch}
        .facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(165px,1fr));gap:1px;
        background:var(--rule);border:1px solid var(--rule);border-radius:10px;overflow:hidden;
        margin:0}
        .facts div{background:var(--panel);padding:14px 16px}
        .facts dt{color:var(--soft);font-size:13px}
        .facts dd{margin:2px 0 0;font-size:22px;font-weight:600;font-variant-numeric:tabular-nums;
        overflow-wrap:anywhere}
        .facts small{display:block;color:var(--soft);font-size:12.5px;font-weight:400}
        figure{margin:32px 0 0}
        .scroll{overflow-x:auto;border:1px solid var(--rule);border-radius:10px}
        table{border-collapse:collapse;width:100%;font-size:14px}
        caption{caption-side:top;text-align:left;color:var(--soft);padding:10px 14px}
        th,td{text-align:left;vertical-align:top;padding:9px 14px;border-top:1px solid var(--rule)}
        th{color:var(--soft);font-weight:500;background:var(--panel);white-space:nowrap}
        .number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
        .code{font:13px/1.5 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;
        white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate;min-width:160px}
        pre{background:var(--panel);border:1px solid var(--rule);border-radius:10px;margin:0;
        padding:14px 16px;overflow-x:auto;
        font:13px/1.6 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
        pre .note{color:var(--soft)}
        footer{margin-top:56px;padding-top:16px;border-top:1px solid var(--rule);color:var(--soft);
        font-size:13px;overflow-wrap:anywhere}
        @media print{main{padding:0}figure,.scroll{break-inside:avoid}}
        """
}
