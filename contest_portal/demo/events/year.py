"""All of the year's events, in the order of their days."""

from __future__ import annotations

from contest_portal.demo.events.days import hold_caravan, hold_open_day
from contest_portal.demo.events.making import close, sessions_of
from contest_portal.demo.events.museum import announce_museum, make_plan, wish_sessions
from contest_portal.demo.events.museum_days import count_visitors
from contest_portal.demo.events.robots import hold_robots
from contest_portal.demo.events.training import hold_training
from contest_portal.demo.world import World


def hold_summer(world: World) -> str:
    """The training and the robot contest of July."""
    trained = hold_training(world)
    teams = hold_robots(world)
    return f"培训 {trained} 人，机器人竞赛 {teams} 支队伍"


def hold_autumn(world: World) -> str:
    """The touring museum, the open day before its first session, the caravan after its last."""
    event_id = announce_museum(world)
    parties = wish_sessions(world, event_id)
    make_plan(world, event_id)
    guests = hold_open_day(world)
    visits = count_visitors(world, event_id)
    sessions = len(sessions_of(event_id))
    close(world, event_id)
    caravan = hold_caravan(world)
    return f"流动科技馆 {sessions} 场 {parties} 批 {visits} 人次，大篷车 {caravan} 人，科普日 {guests} 人"
