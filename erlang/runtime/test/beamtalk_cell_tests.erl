-module(beamtalk_cell_tests).

-include_lib("eunit/include/eunit.hrl").

%% As a method does that answers a counting block.
counter() ->
    Cell = beamtalk_cell:new(0),
    fun() -> beamtalk_cell:put(Cell, beamtalk_cell:get(Cell, 0) + 1) end.

cells() ->
    length([Key || {'$bt_cell', _} = Key <- get_keys()]).

in_process(Fun) ->
    Self = self(),
    {Pid, Monitor} = spawn_monitor(fun() -> Self ! {self(), Fun()} end),
    receive
        {Pid, Value} ->
            erlang:demonitor(Monitor, [flush]),
            Value;
        {'DOWN', Monitor, _, _, Reason} ->
            error(Reason)
    end.

make(Count) -> lists:foreach(fun(_) -> counter() end, lists:seq(1, Count)).

few_cells_are_left_alone_test() ->
    ?assertEqual(10, in_process(fun() ->
        make(10),
        beamtalk_cell:tidy([]),
        cells()
    end)).

cells_that_no_block_holds_go_test() ->
    ?assertEqual(0, in_process(fun() ->
        make(2000),
        beamtalk_cell:tidy([]),
        cells()
    end)).

cells_of_blocks_in_the_state_stay_test() ->
    ?assertEqual({1, 3}, in_process(fun() ->
        Count = counter(),
        Count(),
        State = #{'__class__' => c, blocks => [{a, #{b => Count}}]},
        make(2000),
        beamtalk_cell:tidy(State),
        Count(),
        {cells(), Count()}
    end)).

cells_of_blocks_in_cells_stay_test() ->
    ?assertEqual({2, 2}, in_process(fun() ->
        Outer = beamtalk_cell:new(counter()),
        Run = fun() -> (beamtalk_cell:get(Outer, nil))() end,
        Run(),
        make(2000),
        beamtalk_cell:tidy([Run]),
        {cells(), Run()}
    end)).

cells_of_the_dictionary_and_of_messages_stay_test() ->
    ?assertEqual({2, 2, 1}, in_process(fun() ->
        put(variable, counter()),
        (get(variable))(),
        self() ! {later, counter()},
        make(2000),
        beamtalk_cell:tidy([]),
        Kept = cells(),
        receive
            {later, Count} -> {Kept, (get(variable))(), Count()}
        end
    end)).

%% However many messages there are, cells are bounded by what is held.
cells_are_bounded_test() ->
    ?assert(in_process(fun() ->
        Most = lists:max([
            begin
                make(100),
                beamtalk_cell:tidy(#{}),
                cells()
            end
         || _ <- lists:seq(1, 200)
        ]),
        Most < 1200
    end)).
