%% @doc Timers: a process that waits, then runs a block. Also the reading of time limits. A timer can be
%% given another block for its own, as when the code of its block is replaced.
-module(beamtalk_timer).

-export(['class after:do:'/3, 'class every:do:'/3, 'class sleep:'/2]).
-export([cancel/1, isActive/1, printString/1, limit/3, renew/1, of_old_code/1]).

-define(TABLE, ?MODULE).

%% Milliseconds of an integer, a Duration or `#infinity'.
-spec limit(atom(), atom(), term()) -> timeout().
limit(_, _, Limit) when is_integer(Limit), Limit >= 0 -> Limit;
limit(_, _, infinity) -> infinity;
limit(_, _, #{'__class__' := 'bt@stdlib@Duration'} = Duration) ->
    max(0, beamtalk_send:send(Duration, asMilliseconds, []));
limit(ClassName, Selector, Negative) when is_integer(Negative) ->
    Message = io_lib:format("~ts>>~ts expects at least 0 milliseconds, got ~b", [ClassName, Selector, Negative]),
    beamtalk_exception:raise(type_error, ClassName, Selector, Message, nil, Negative);
limit(ClassName, Selector, Other) ->
    beamtalk_exception:type_error(
        ClassName, Selector, <<"milliseconds, a Duration or #infinity">>, Other
    ).

-spec 'class after:do:'(beamtalk_class:class_object(), term(), term()) -> map().
'class after:do:'(_, Delay, Block) ->
    timer_object(once, finite('after:do:', Delay), block('after:do:', Block)).

-spec 'class every:do:'(beamtalk_class:class_object(), term(), term()) -> map().
'class every:do:'(_, Period, Block) ->
    timer_object(every, max(1, finite('every:do:', Period)), block('every:do:', Block)).

-spec 'class sleep:'(beamtalk_class:class_object(), term()) -> nil.
'class sleep:'(_, Delay) ->
    timer:sleep(limit('Timer', 'sleep:', Delay)),
    nil.

finite(Selector, Delay) ->
    case limit('Timer', Selector, Delay) of
        infinity -> beamtalk_exception:type_error('Timer', Selector, <<"milliseconds or a Duration">>, infinity);
        Milliseconds -> Milliseconds
    end.

block(_, Block) when is_function(Block, 0) -> Block;
block(Selector, Other) -> beamtalk_exception:type_error('Timer', Selector, <<"a Block without arguments">>, Other).

timer_object(Kind, Milliseconds, Block) ->
    Table = beamtalk_table_owner:table(?TABLE, set),
    Pid = spawn(fun() ->
        true = ets:insert(Table, place(Block)),
        run(Kind, Milliseconds, Block),
        ets:delete(Table, self())
    end),
    #{'__class__' => 'bt@stdlib@Timer', pid => Pid, interval => Milliseconds, kind => Kind}.

%% The moments of a repeating timer are fixed when it starts: a slow block does not move them.
run(once, Milliseconds, Block) ->
    wait_once(erlang:monotonic_time(millisecond) + Milliseconds, Block);
run(every, Milliseconds, Block) ->
    tick(erlang:monotonic_time(millisecond) + Milliseconds, Milliseconds, Block).

wait_once(Moment, Block) ->
    receive
        cancel -> ok;
        {'$bt_renew', Renewed} -> wait_once(Moment, renewed(Renewed, Block))
    after max(0, Moment - erlang:monotonic_time(millisecond)) -> guarded(Block)
    end.

tick(Next, Milliseconds, Block) ->
    receive
        cancel -> ok;
        {'$bt_renew', Renewed} -> tick(Next, Milliseconds, renewed(Renewed, Block))
    after max(0, Next - erlang:monotonic_time(millisecond)) ->
        guarded(Block),
        tick(max(Next + Milliseconds, erlang:monotonic_time(millisecond)), Milliseconds, Block)
    end.

renewed(Renewed, Block) ->
    New = Renewed(Block),
    true = ets:insert(?TABLE, place(New)),
    New.

%% Where the block is written. The block itself would keep its code.
place(Block) ->
    {module, Module} = erlang:fun_info(Block, module),
    {name, Name} = erlang:fun_info(Block, name),
    {self(), Module, version(erlang:fun_info(Block, type), Block), Name}.

version({type, local}, Block) ->
    {new_uniq, Md5} = erlang:fun_info(Block, new_uniq),
    Md5;
version({type, external}, _Block) ->
    none.

%% @doc Running timers whose blocks are of these modules' code before the present: module and the name that
%% the compiler gave the block.
-spec of_old_code([module()]) -> [{module(), atom()}].
of_old_code(Modules) ->
    case ets:whereis(?TABLE) of
        undefined -> [];
        Table ->
            [{Module, Name} || {Pid, Module, Md5, Name} <- ets:tab2list(Table),
                               lists:member(Module, Modules), is_process_alive(Pid),
                               Md5 =/= Module:module_info(md5)]
    end.

guarded(Block) ->
    try
        Block()
    catch
        Class:Reason:Stack ->
            Exception = beamtalk_exception:from(Class, Reason, Stack),
            logger:error("A timer's block raised ~ts", [beamtalk_exception:printString(Exception)])
    end.

%% Gives each timer, between two runs of its block, what the function makes of the block.
-spec renew(fun((fun()) -> fun())) -> ok.
renew(Renewed) ->
    case ets:whereis(?TABLE) of
        undefined -> ok;
        Table -> lists:foreach(fun({Pid, _, _, _}) -> Pid ! {'$bt_renew', Renewed} end, ets:tab2list(Table))
    end.

%% Ends the timer; answers whether it was still active. The timer's own block may cancel it.
-spec cancel(map()) -> boolean().
cancel(#{pid := Pid}) when Pid =:= self() ->
    self() ! cancel,
    true;
cancel(#{pid := Pid}) ->
    Monitor = erlang:monitor(process, Pid),
    exit(Pid, kill),
    ets:delete(beamtalk_table_owner:table(?TABLE, set), Pid),
    receive
        {'DOWN', Monitor, _, _, killed} -> true;
        {'DOWN', Monitor, _, _, _} -> false
    end.

-spec isActive(map()) -> boolean().
isActive(#{pid := Pid}) -> beamtalk_pid:isAlive(Pid).

-spec printString(map()) -> binary().
printString(#{kind := Kind, interval := Milliseconds} = Timer) ->
    State =
        case isActive(Timer) of
            true -> <<"active">>;
            false -> <<"ended">>
        end,
    How =
        case Kind of
            once -> <<"after ">>;
            every -> <<"every ">>
        end,
    iolist_to_binary([<<"Timer(">>, How, integer_to_binary(Milliseconds), <<" ms, ">>, State, $)]).
