/** The part of ECharts that the charts are drawn with. The build puts it in the place of this file. */

export { BarChart, CustomChart, LineChart } from "echarts/charts";
export { GridComponent, MarkLineComponent } from "echarts/components";
export { init, use } from "echarts/core";
export { SVGRenderer } from "echarts/renderers";
