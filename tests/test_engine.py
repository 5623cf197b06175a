"""Isolation: what a query does to itself, and what it cannot do to others."""

import asyncio
import gc
import os
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from xingtu.server import errors
from xingtu.server.engine.faults import engine_errors
from xingtu.server.engine.lanes import Lanes
from xingtu.server.engine.pool import Pool, PoolOptions
from xingtu.server.engine.tasks import Limits, Query

DATA = Path(__file__).parent / "data"
JSON = ("application/sparql-results+json",)
CROSS = (
    "SELECT (COUNT(*) AS ?n) { " + "?a%d ?b%d ?c%d . " * 9 % tuple(sorted([*range(9)] * 3)) + "}"
)
HUNGRY = (
    "SELECT * { " + "VALUES ?x%d { 1 2 3 4 5 6 7 8 9 0 } " * 8 % tuple(range(8)) + "} ORDER BY ?x3"
)
CRASH = "ASK { FILTER(" + "(" * 60_000 + "1" + ")" * 60_000 + ") }"  # past the gate, to the engine


def query(text: str, seconds: float = 20.0) -> Query:
    return Query(text, "http://localhost/sparql", JSON, timeout=seconds)


def with_pool(use: Callable[[Pool], Awaitable[None]], **options: object) -> None:
    """Start a pool over the small dataset, use it, close it; nothing may be left of it."""

    async def run() -> None:
        pool = await Pool.start("v", files=(DATA / "small.trig",), **options)
        spool = pool._plan.spool
        try:
            await use(pool)
        finally:
            await pool.close()
        assert not spool.exists()

    asyncio.run(run())


async def assert_well(pool: Pool) -> None:
    answer = await pool.run(query("ASK { ?s ?p 'CNSA' }"))
    assert isinstance(answer.body, bytes) and b"true" in answer.body


@pytest.mark.parametrize(
    ("text", "seconds", "error"),
    [
        (CROSS, 0.2, errors.TimedOut),
        (HUNGRY, 30, errors.OutOfMemory),
        (CRASH, 30, errors.EngineDied),
        ("SELECT * {", 5, errors.MalformedQuery),
    ],
)
def test_a_query_costs_only_itself(text: str, seconds: float, error: type[Exception]) -> None:
    async def use(pool: Pool) -> None:
        bad = asyncio.create_task(pool.run(query(text, seconds)))
        for _ in range(20):
            await assert_well(pool)
        with pytest.raises(error):
            await bad
        await assert_well(pool)
        assert pool.lanes.running == pool.lanes.slow == 0

    with_pool(use, limits=Limits(memory=200 << 20))


def test_an_error_of_the_engine_does_not_hold_what_was_read() -> None:
    class Results:
        pass

    kept = []

    def fail() -> None:
        results = Results()
        kept.append(weakref.ref(results))
        with engine_errors():
            raise SyntaxError("error at 1:2: expected something else")

    gc.disable()  # results may be let go in the thread only that made them, not wherever it runs
    try:
        with suppress(errors.MalformedQuery):
            fail()
        assert kept[0]() is None
    finally:
        gc.enable()


def test_long_queries_leave_the_fast_lane_to_others() -> None:
    async def use(pool: Pool) -> None:
        long = [asyncio.create_task(pool.run(query(CROSS, 6.0))) for _ in range(4)]
        await assert_well(pool)
        assert not any(task.done() for task in long)
        outcomes = await asyncio.gather(*long, return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} == {errors.TimedOut, errors.ServerBusy}

    with_pool(use, options=PoolOptions(fast=1, slow=2, queue=9))


def test_a_query_nobody_waits_for_is_stopped() -> None:
    async def use(pool: Pool) -> None:
        await assert_well(pool)
        (worker,) = pool._crew._idle
        task = asyncio.create_task(pool.run(query(CROSS, 60)))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await pool._crew._nest._control.death(worker.started.result()) == signal.SIGKILL
        await assert_well(pool)
        assert pool._crew.counts.kills == 1

    with_pool(use)


def test_an_answer_over_its_limits_is_an_error_not_a_part() -> None:
    async def use(pool: Pool) -> None:
        with pytest.raises(errors.ResultTooLarge, match="rows"):
            await pool.run(query("SELECT * { ?s ?p ?o }"))
        with pytest.raises(errors.ResultTooLarge, match="MiB"):
            await pool.run(query("SELECT ('%s' AS ?x) {}" % ("x" * 70_000)))
        await assert_well(pool)
        assert [*pool._plan.spool.iterdir()] == [pool._crew._nest._plan.address]

    with_pool(use, limits=Limits(rows=3, answer=60_000))


def test_a_large_answer_comes_as_a_file() -> None:
    async def use(pool: Pool) -> None:
        answer = await pool.run(
            query("SELECT * { " + "?a%d ?b%d ?c%d . " * 4 % tuple(sorted([*range(4)] * 3)) + "}")
        )
        assert isinstance(answer.body, Path)
        assert answer.body.read_bytes().endswith(b"]}}")

    with_pool(use)


def test_the_engine_is_started_again_when_it_is_killed() -> None:
    async def use(pool: Pool) -> None:
        await assert_well(pool)
        pool._crew._nest._process.kill()
        await pool._crew._nest._control.lost.wait()
        await assert_well(pool)

    with_pool(use)


def test_reloading_lets_running_queries_end_on_the_old_dataset(tmp_path: Path) -> None:
    file = tmp_path / "data.ttl"
    file.write_text("<http://x/a> <http://x/b> 1 .")

    async def run() -> None:
        pool = await Pool.start("1", files=(file,), limits=Limits(seconds=1))
        try:
            old = asyncio.create_task(pool.run(query("ASK { FILTER EXISTS {?s ?p 1} }")))
            file.write_text("<http://x/a> <http://x/b> 2 .")
            reload = asyncio.create_task(pool.reload("2"))
            assert b"true" in (await old).body
            while pool.version != "2":
                await asyncio.sleep(0.01)
            assert b"true" in (await pool.run(query("ASK { ?s ?p 2 }"))).body
            file.write_text("no Turtle")
            with pytest.raises(errors.MalformedData):
                await pool.reload("3")
            assert b"true" in (await pool.run(query("ASK { ?s ?p 2 }"))).body
            await reload
        finally:
            await pool.close()

    asyncio.run(run())


def test_a_file_that_does_not_parse_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.ttl").write_text("<a> <b> .")
    with pytest.raises(errors.MalformedData, match="bad.ttl"):
        asyncio.run(Pool.start("v", files=(tmp_path / "bad.ttl",)))


def test_no_process_outlives_a_server_that_is_killed() -> None:
    code = f"""
import asyncio
from pathlib import Path
from xingtu.server.engine.pool import Pool
from xingtu.server.engine.tasks import Query
async def main():
    pool = await Pool.start("v", files=(Path({str(DATA / "small.trig")!r}),))
    asyncio.create_task(pool.run(Query({CROSS!r}, "http://x/", {JSON!r}, timeout=60)))
    await asyncio.sleep(0.2)
    print(pool._crew._nest._process.pid, pool._plan.spool, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    ) as server:
        zygote, spool = server.stdout.readline().split()
        group = os.getpgid(int(zygote))
        server.kill()
    assert eventually(lambda: not group_lives(group))
    assert eventually(lambda: not Path(spool).exists())


def group_lives(group: int) -> bool:
    stats = (path.read_text().rpartition(")")[2].split() for path in stat_files())
    return any(fields[0] != "Z" and int(fields[2]) == group for fields in stats)


def stat_files() -> Iterator[Path]:
    for folder in Path("/proc").glob("[0-9]*"):
        if (folder / "stat").exists():
            yield folder / "stat"


def eventually(condition: Callable[[], bool]) -> bool:
    return any(condition() or time.sleep(0.05) for _ in range(200))


# Lanes, without processes


def test_waiting_is_bounded_and_in_turn() -> None:
    async def run() -> None:
        lanes = Lanes(fast=1, slow=1, queue=2)
        first = await lanes.enter()
        order: list[int] = []

        async def wait(number: int) -> None:
            turn = await lanes.enter()
            order.append(number)
            lanes.leave(turn)

        waiting = [asyncio.create_task(wait(number)) for number in (1, 2)]
        await asyncio.sleep(0)
        with pytest.raises(errors.ServerBusy):
            await lanes.enter()
        lanes.leave(first)
        lanes.leave(first)  # a turn ends once
        await asyncio.gather(*waiting)
        assert order == [1, 2]
        assert (lanes.running, lanes.waiting) == (0, 0)

    asyncio.run(run())


def test_a_place_given_to_one_who_left_goes_to_the_next() -> None:
    async def run() -> None:
        lanes = Lanes(fast=1, slow=1, queue=5)
        first = await lanes.enter()
        gone, there = (asyncio.create_task(lanes.enter()) for _ in range(2))
        await asyncio.sleep(0)
        lanes.leave(first)
        gone.cancel()
        await asyncio.wait_for(there, 1)

    asyncio.run(run())


def test_the_slow_lane_is_bounded() -> None:
    async def run() -> None:
        lanes = Lanes(fast=2, slow=1, queue=0)
        one, two = await lanes.enter(), await lanes.enter()
        assert lanes.slow_down(one)
        assert not lanes.slow_down(two)
        lanes.leave(one)
        assert lanes.slow_down(two)
        lanes.leave(two)
        assert (lanes.running, lanes.slow) == (0, 0)

    asyncio.run(run())
