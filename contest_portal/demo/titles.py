"""Titles of the demo's works, put together from the words of a place between snow mountains, river and desert.

Judging is blind: no title names a school, a person or the district.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from random import Random

from contest_portal.demo.prose import worded


@dataclass(frozen=True)
class Work:
    """A made-up work: what it is called and what it is about.

    `subject` is the thing studied or made, `discipline` maps a discipline list's code to the work's place in it;
    `theme` and `sign` tell a painting what to show.
    """

    title: str
    summary: str
    subject: str
    primary_discipline: str = "技术"
    secondary_discipline: str = "工程学"
    teacher_subject: str = "其他"
    theme: str = "space"
    sign: str = "star"


def work(category: str, index: int) -> Work:
    """The `index`-th work of a category (CG, KH, SJ, DV, FA, FX, CK). The first `len(works(category))` all differ."""
    every = works(category)
    # Neighbours in the list resemble each other; a stride that shares no divisor with its length mixes them.
    return every[index * _stride(len(every)) % len(every)]


def title(category: str, index: int) -> str:
    """The title of that work."""
    return work(category, index).title


@cache
def works(category: str) -> tuple[Work, ...]:
    """Every work that can be put together for a category, at least 300, all of different titles."""
    return tuple({each.title: _told(each) for each in _MAKERS[category]()}.values())


def _told(made: Work) -> Work:
    """The work with its summary in words of its own."""
    rng = Random(f"summary {made.title}")  # noqa: S311  prose, no secret
    return replace(made, summary=worded(rng, made.summary))


def _stride(length: int) -> int:
    stride = round(length * 0.618)
    while _common_divisor(stride, length) != 1:
        stride += 1
    return stride


def _common_divisor(one: int, other: int) -> int:
    while other:
        one, other = other, one % other
    return one


# --- Pupils' projects -------------------------------------------------------------------------------------------------

_CROPS = (
    "制种玉米",
    "板蓝根",
    "甘草",
    "沙枣幼苗",
    "梭梭种子",
    "娃娃菜",
    "紫花苜蓿",
    "沙地番茄",
    "小麦种子",
    "向日葵",
    "枸杞",
    "马铃薯",
)
_FACTORS = ("不同覆膜方式", "滴灌水量", "红蓝光比例", "盐碱土壤", "播种深度", "昼夜温差", "秸秆还田量", "浸种时间")
_MEASURES = ("发芽率", "株高", "根系生长", "叶绿素含量")
_MADE_FOR = ("太阳能", "声控", "可折叠", "低成本", "智能", "多功能")
_DEVICES: tuple[tuple[str, str, str], ...] = (
    ("温室卷帘控制器", "技术", "工程学"),
    ("滴灌提醒器", "技术", "工程学"),
    ("教室通风提醒器", "技术", "计算机科学"),
    ("盲道导航手杖", "技术", "工程学"),
    ("牛羊饮水防冻装置", "技术", "工程学"),
    ("雨水收集浇花装置", "地球环境与宇宙科学", "环境科学与工程"),
    ("垃圾分类投放箱", "地球环境与宇宙科学", "环境科学与工程"),
    ("草方格沙障铺设车", "技术", "工程学"),
    ("坐姿提醒器", "技术", "生物医学"),
    ("黑板擦吸尘盒", "技术", "工程学"),
    ("红枣分级机", "技术", "工程学"),
    ("风力发电演示仪", "物质科学", "物理与天文学"),
    ("土壤墒情检测仪", "技术", "工程学"),
    ("粉笔尘收集装置", "地球环境与宇宙科学", "环境科学与工程"),
    ("轮椅爬坡防滑装置", "技术", "工程学"),
    ("鱼缸自动换水器", "技术", "工程学"),
    ("药盒定时提醒器", "技术", "生物医学"),
    ("自行车转向警示灯", "物质科学", "物理与天文学"),
)
_PLACES = ("河滩湿地", "戈壁边缘", "城郊农田", "祁连山浅山区", "校园周边", "绿洲防护林")
_SURVEYED: tuple[tuple[str, str, str], ...] = (
    ("越冬水鸟种类与数量的调查", "生命科学", "动物学"),
    ("土壤含盐量的监测", "地球环境与宇宙科学", "环境科学与工程"),
    ("地下水位变化的调查", "地球环境与宇宙科学", "环境科学与工程"),
    ("昆虫多样性的观察", "生命科学", "动物学"),
    ("固沙植物成活率的调查", "生命科学", "植物学"),
    ("降尘量的测定", "地球环境与宇宙科学", "环境科学与工程"),
    ("白色污染分布的调查", "地球环境与宇宙科学", "环境科学与工程"),
    ("可培养微生物的分离", "生命科学", "微生物学"),
)
_HABITS = ("用眼习惯", "节水习惯", "早餐搭配", "睡眠时间", "零花钱使用", "垃圾分类行为", "课外阅读", "手机使用")
_GROUPS = ("小学高年级学生", "寄宿制学校学生", "城乡中学生", "同龄伙伴")
_EXTRACTED = ("沙枣皮", "玉米芯", "红枣核", "葡萄籽", "废旧电池外壳", "洋葱皮", "核桃青皮")


def _projects() -> list[Work]:
    made = []
    for row, crop in enumerate(_CROPS):
        for column, factor in enumerate(_FACTORS):
            measure = _MEASURES[(row + column) % len(_MEASURES)]
            about = (
                f"[以{crop}为材料|我们选了{crop}|用{crop}做实验]，[设置不同处理|分成几组|逐级改变条件]，[观察|比较|测量]{factor}对{measure}的[影响|作用]，"
                "[连续记录数据|坚持读数|每周量一次][并作图分析|、画出曲线|再做统计]，[为当地种植提供参考|给农户一些建议|看哪种做法更省]。"
            )
            made.append(Work(f"{factor}对{crop}{measure}的影响", about, crop, "生命科学", "植物学"))
    made += [
        Work(
            f"{way}{device}的设计与制作",
            f"[针对生活中的不便|看到家人的难处|受一次小事故启发]，[设计并制作了|动手做出|小组完成了]{way}{device}。[经过三次改进|反复调试后|改了几版]，"
            "[装置结构简单|零件容易找到|不怕磕碰]、[成本低|花费不多|省电]、[使用方便|老人也会用|安装很快]，[已在家中和教室试用|试用一个月未出故障|邻居也想要一台]。",
            device,
            primary,
            secondary,
        )
        for way in _MADE_FOR
        for device, primary, secondary in _DEVICES
    ]
    made += [
        Work(
            f"{place}{what}",
            f"[在{place}布设样点|选定{place}的几处|沿{place}走出一条样线]，[定期开展|分季节进行|利用周末做]{what}，[整理一手数据|积累记录|制成图表]，"
            "[分析变化原因|找出异常|对比历年资料]，[并提出保护建议|写信给有关单位|为保护出主意]。",
            place,
            primary,
            secondary,
        )
        for place in _PLACES
        for what, primary, secondary in _SURVEYED
    ]
    made += [
        Work(
            f"{group}{habit}的调查与建议",
            f"[用问卷和访谈|发放调查表|跟踪记录一个月]，[了解|摸清|统计]{group}的{habit}，[统计分析后|找出主要问题|比较男女差别]，[提出改进建议|设计提醒卡|列出几条办法]，"
            "[并在班级中推广|请同学试行|效果在班会上公布]。",
            habit,
            "行为与社会科学",
            "行为和社会科学",
        )
        for group in _GROUPS
        for habit in _HABITS
    ]
    made += [
        Work(
            f"从{waste}中提取{product}的方法研究",
            f"[比较几种条件下|改变温度和时间，|用三种溶剂]从{waste}中提取{product}[的效果|，称量产率|，看颜色深浅]，[找出|总结|试出][适合中学实验室的|安全省钱的|步骤最少的][简便方法|做法|配方]。",
            waste,
            "物质科学",
            "化学",
        )
        for waste in _EXTRACTED
        for product in ("天然色素", "吸附材料", "有用成分")
    ]
    return made


# --- Paintings --------------------------------------------------------------------------------------------------------

_WORLDS: tuple[tuple[str, str], ...] = (
    ("火星", "mars"),
    ("月球", "moon"),
    ("海底", "sea"),
    ("深海", "sea"),
    ("云端", "islands"),
    ("空中", "islands"),
    ("太空", "space"),
    ("土星环上的", "space"),
    ("沙漠", "desert"),
    ("戈壁", "desert"),
    ("极地", "snow"),
    ("雪山", "snow"),
    ("未来", "city"),
    ("立体", "city"),
)
_WONDERS: tuple[tuple[str, str, str], ...] = (
    ("医院", "health", "看病不用排队，机器人医生用光束检查身体"),
    ("学校", "book", "同学们在透明教室里上课，知识像流星一样飞来"),
    ("图书馆", "book", "翻开书页就能走进书里的世界"),
    ("农场", "leaf", "蔬菜在玻璃穹顶下生长，水和空气循环使用"),
    ("植物园", "leaf", "濒危植物在这里安家，种子可以保存一千年"),
    ("净水厂", "drop", "把雾气和冰变成甘甜的饮用水"),
    ("发电站", "power", "收集阳光和星光，为整座城市供电"),
    ("垃圾变宝站", "cycle", "各种垃圾在这里变成新的材料"),
    ("救援站", "health", "一有求救信号，救援队立刻出发"),
    ("游乐场", "star", "小朋友可以在失重的轨道上滑行"),
    ("气象台", "drop", "提前调节风雨，让沙尘暴不再发生"),
    ("快递港", "star", "包裹坐着飞行器一分钟送到家"),
)
_JOBS: tuple[tuple[str, str, str], ...] = (
    ("雾霾清扫", "city", "cycle"),
    ("森林灭火", "helper", "drop"),
    ("地震救援", "helper", "health"),
    ("治沙种树", "desert", "leaf"),
    ("海洋清洁", "sea", "cycle"),
    ("太空垃圾回收", "space", "cycle"),
    ("冰川守护", "snow", "drop"),
    ("湿地巡护", "helper", "leaf"),
    ("助老陪伴", "helper", "health"),
    ("节水灌溉", "desert", "drop"),
    ("古树医生", "helper", "leaf"),
    ("候鸟护航", "islands", "leaf"),
    ("能源采集", "moon", "power"),
    ("星际探矿", "mars", "power"),
    ("高原送药", "snow", "health"),
)
_MACHINES = ("机器人", "飞船", "智能车", "无人机队", "小卫士", "魔方舱", "变形屋", "精灵号")


def _paintings() -> list[Work]:
    made = [
        Work(
            f"{world}{wonder}",
            f"[画面表现的是|我画的是|想象中的|梦里去过的|也许有一天真有的]{world}{wonder}：{story}。"
            "[整座建筑由太阳能驱动|屋顶会随太阳转动|墙壁能呼吸]，[材料可以自我修复|脏了会自己变干净|夜里像灯一样亮]，[人与自然和谐相处|动物也是这里的居民|欢迎你来做客]。[门前有小火车|我在图里挥手|画它用了三个周末|妹妹说想住进去|车票是一片叶子|居民来自各个星球|这里没有红绿灯|颜色取自晚霞]。",
            f"{world}{wonder}",
            theme=theme,
            sign=sign,
        )
        for world, theme in _WORLDS
        for wonder, sign, story in _WONDERS
    ]
    made += [
        Work(
            f"{job}{machine}",
            f"[我设计的|图中的|未来的]{job}{machine}[能自己发现问题|有千里眼|会听求救声]、[制定方案|变换身体|召集伙伴]并[开始工作|马上出发|日夜值守]，"
            "[不产生污染|只用阳光|喝一杯水就能跑一天]，[还能和小朋友一起完成任务|爱讲笑话|从不喊累]。[灵感来自科学课|画面用了暖色|它最怕吃冰糕|我给它写了说明书|夜里它也画画|左上角是它的基地|远处是我的家乡|它的名字由全班投票]。",
            f"{job}{machine}",
            theme=theme,
            sign=sign,
        )
        for job, theme, sign in _JOBS
        for machine in _MACHINES
    ]
    made += [
        Work(
            f"飞向{star}的{ship}",
            f"[未来|一百年后|那一天]，我们乘坐{ship}飞向{star}，[船舱里有花园和课堂|舷窗外是流星|每人都有一间小屋]，[旅途中收集星光作为动力|用彗星的冰当水|靠引力加速]。[窗边的人是我|船长是一只熊猫|信要走七年才到|大家给地球写明信片]。",
            f"{star}{ship}",
            theme="space",
            sign="star",
        )
        for star in ("木星", "海王星", "金星", "半人马座", "银河深处", "彗星")
        for ship in ("种子方舟", "玉米号", "教室飞船", "光帆列车")
    ]
    return made


# --- Activities, films, plans, apparatus, maker works -----------------------------------------------------------------

_TOPICS = (
    "湿地候鸟",
    "校园植物",
    "家庭用水",
    "戈壁植物",
    "废旧电池",
    "土壤盐碱",
    "祁连雪水",
    "太阳能温室",
    "制种玉米",
    "风沙天气",
    "厨余垃圾",
    "夜空星座",
    "身边的桥梁",
    "传统水磨",
    "农田地膜",
    "校园噪声",
    "食品添加剂",
    "昆虫旅馆",
    "沙漠治理",
    "雨水收集",
)
_ACTIVITIES = (
    ("走近{}", "科技实践活动"),
    ("探秘{}", "科学探究活动"),
    ("守护家园，关注{}", "环保实践活动"),
    ("{}知多少", "调查体验活动"),
    ("{}里的科学", "社团实践活动"),
    ("我为{}建档案", "长期观测活动"),
    ("{}大调查", "暑期实践活动"),
    ("和{}做朋友", "综合实践活动"),
    ("{}小课题", "班级研究活动"),
    ("测一测{}", "数据采集活动"),
    ("讲好{}的故事", "科普宣传活动"),
    ("{}与我们的生活", "家校联合实践活动"),
    ("{}观察日记", "小组实践活动"),
    ("{}小卫士在行动", "志愿服务活动"),
    ("一年四季看{}", "跟踪观察活动"),
)


def _activities() -> list[Work]:
    return [
        Work(
            f"{lead.format(topic)}——{kind}",
            f"[活动围绕「{topic}」展开|以「{topic}」为线索|「{topic}」是这次活动的主题]，[分准备、考察、实验、交流四个阶段|历时一个学期|从春天做到秋天]，"
            "[学生分组|全班|社团成员][查阅资料|请教专家|设计路线]、[实地考察|做实验|入户调查]、[采集数据|拍摄照片|绘制地图]，"
            "[完成观察记录和小报告|写出建议书|编成小册子]，[并向全校展示成果|在社区办了展览|把结果讲给家长听]。[低年级同学成了忠实听众|村里的老人也来出主意|数据已留给下一届|有两组决定明年接着做|途中的故事写进了校报]。",
            topic,
        )
        for topic in _TOPICS
        for lead, kind in _ACTIVITIES
    ]


_HEROES = (
    "一粒种子",
    "一滴雪水",
    "草方格",
    "候鸟",
    "沙枣树",
    "骆驼刺",
    "风车",
    "地膜",
    "蚂蚁",
    "彩虹",
    "影子",
    "肥皂泡",
    "老水磨",
    "玉米雄穗",
    "太阳灶",
    "丹霞岩石",
    "戈壁石头",
    "冰挂",
    "酵母菌",
    "滴灌带",
)
_STORIES = (
    ("{}的旅行", "科学探究纪录片"),
    ("{}的秘密", "科学探究纪录片"),
    ("{}的一天", "科学微电影"),
    ("寻找{}", "科学探究纪录片"),
    ("{}去哪儿了", "科学微电影"),
    ("{}会说话", "科普动画"),
    ("{}的四季", "科学探究纪录片"),
    ("你好，{}", "科普动画"),
    ("{}里的学问", "科学探究纪录片"),
    ("{}历险记", "科普动画"),
    ("当{}遇上我们", "科学微电影"),
    ("{}为什么这样", "科学探究纪录片"),
    ("{}小实验", "科学探究纪录片"),
    ("{}的力量", "科学探究纪录片"),
    ("跟着{}看世界", "科学微电影"),
    ("{}成长记", "科学探究纪录片"),
)


def _films() -> list[Work]:
    return [
        Work(
            story.format(hero),
            f"[短片从同学们的一次发现说起|镜头从一个清晨开始|一个问题引出一段旅程|谁也没料到开头是这样|画面里先出现一双手]，[用镜头记录|跟着主人公经历|如实拍下|七个场景串起|旁白讲出][提出问题、设计实验|争论、失败|观察、猜测|访问、比较|分工、踏查]、"
            f"[反复验证|再来一次|柳暗花明|重新出发|动手证明]的过程，[讲述|揭开|追问]{hero}背后的[科学道理|秘密|故事]。[全片由同学自编自拍|配音是一位六年级学生|动画画了三百张|结尾留下一个疑问|外景拍了四个清晨|片尾有花絮]。",
            hero,
        )
        for hero in _HEROES
        for story, _ in _STORIES
    ]


_PLANS = (
    "科技教育活动方案",
    "探究活动设计",
    "校本课程方案",
    "研究性学习方案",
    "科学调查体验活动方案",
    "社团活动方案",
    "项目式学习方案",
    "科普主题活动方案",
    "家校共育活动方案",
    "跨学科主题活动方案",
    "乡村学校科学活动方案",
    "科技节主题活动方案",
    "观察与记录活动方案",
    "创意制作活动方案",
    "馆校结合活动方案",
)


def _plans() -> list[Work]:
    return [
        Work(
            f"「{topic}」{plan}",
            f"[方案以「{topic}」为主题|围绕「{topic}」设计|抓住「{topic}」这一话题]，[从学生生活出发|立足本地资源|结合课程标准]，[明确|写清|细化][目标、步骤|任务、课时|流程、器材]、"
            "[分工、安全预案|组织方式|风险应对]和[评价方法|评价量表|成果形式]，[可在城乡学校推广|小班也能开展|已试行一轮]。[器材多为旧物|附学生任务单|家长可参与|课后有拓展题|难易分三级]。",
            topic,
            teacher_subject=_SUBJECTS[k % len(_SUBJECTS)],
        )
        for k, topic in enumerate(_TOPICS)
        for plan in _PLANS
    ]


_SUBJECTS = ("物理", "化学", "生物", "数学", "信息技术", "其他")
_APPARATUS: tuple[tuple[str, str], ...] = (
    ("电磁感应演示仪", "物理"),
    ("光的折射演示仪", "物理"),
    ("杠杆平衡演示器", "物理"),
    ("声音传播演示仪", "物理"),
    ("月相变化演示仪", "物理"),
    ("大气压强演示装置", "物理"),
    ("水的电解演示装置", "化学"),
    ("气体制取与收集装置", "化学"),
    ("微型化学实验箱", "化学"),
    ("植物呼吸作用演示器", "生物"),
    ("叶片蒸腾测定装置", "生物"),
    ("血液循环演示模型", "生物"),
    ("立体几何展开教具", "数学"),
    ("概率实验箱", "数学"),
    ("函数图像演示板", "数学"),
    ("编程小车教具", "信息技术"),
    ("传感器教学实验箱", "信息技术"),
    ("土壤渗水对比演示器", "其他"),
    ("四季成因演示仪", "其他"),
    ("简易植物标本夹", "其他"),
)
_IMPROVED = (
    "改进型",
    "便携式",
    "组合式",
    "可视化",
    "数字化",
    "磁吸式",
    "多功能",
    "低成本",
    "一体化",
    "可拆装",
    "节能型",
    "双色对比",
    "自动计时",
    "桌面型",
    "废物利用",
)


def _apparatus() -> list[Work]:
    return [
        Work(
            f"{way}{what}",
            f"[{what}在教学中|课堂上用的{what}|老式的{what}][现象不明显|体积偏大|容易损坏]、[操作不便|读数困难|准备费时]，[学生常抱怨|影响上课|一直没人改]。[本项目|作者]作了{way}设计，"
            "[现象直观|一看就懂|快而准]，[取材容易|成本不高|便于维修]，[课堂使用效果好|学生抢着试|同事已经借用]。[附使用说明|两节课可装好|零件网上可买|已用三个学期]。",
            what,
            teacher_subject=subject,
        )
        for way in _IMPROVED
        for what, subject in _APPARATUS
    ]


_MAKER_THINGS = (
    "台灯",
    "书包架",
    "花盆",
    "储物盒",
    "闹钟",
    "小音箱",
    "投篮机",
    "鸟巢",
    "伞架",
    "笔筒",
    "喂食器",
    "体温检测门",
    "垃圾桶",
    "风速仪",
    "小船",
    "机械手",
    "皮影戏台",
    "雨量计",
    "护眼罩",
    "迷宫车",
)
_MAKER_WAYS = (
    "会说话的",
    "激光切割",
    "三维打印",
    "声光互动",
    "人脸识别",
    "可编程",
    "感应",
    "废旧木料",
    "语音控制",
    "自动追光",
    "蓝牙遥控",
    "手摇发电",
    "折纸结构",
    "物联网",
    "节能",
)


def _maker_works() -> list[Work]:
    return [
        Work(
            f"{way}{thing}",
            f"[用开源硬件和常见材料制作的|木工课上长出来的|修好旧玩具后想到的|花两个周末做成的|社团作品|为妹妹设计的|从一次停电想到的]{way}{thing}，[结构图和程序均由作者完成|图纸画了六稿|程序不到百行|接线只用一种颜色|按键响应很快]，[可以按照说明复制|外壳能拆下清洗|还留有扩展接口]。[调试时烧坏过两块板|奶奶是第一位用户|下一步想加太阳能|声音录自同桌|外形参考了蒙古包|得到过两条批评|零件多从旧玩具拆来|班里人手试过一遍|全部花费在百元以内]。",
            thing,
        )
        for way in _MAKER_WAYS
        for thing in _MAKER_THINGS
    ]


def film_type(index: int) -> str:
    """The kind of film that the `index`-th DV work is, in the words of the rules."""
    found = title("DV", index)
    return next(kind for story, kind in _STORIES for hero in _HEROES if story.format(hero) == found)


_MAKERS: dict[str, Callable[[], list[Work]]] = {
    "CG": _projects,
    "KH": _paintings,
    "SJ": _activities,
    "DV": _films,
    "FA": _plans,
    "FX": _apparatus,
    "CK": _maker_works,
}
