%% @doc Primitives of `TranscriptStream'. Those who listen are entries of a table and are sent
%% `{beamtalk_transcript, Text}'; while nobody listens, the text goes to the output of the process
%% that asked to show it.
-module(beamtalk_transcript_stream).

-export([subscribe/1]).
-export(['class spawnApart'/1, 'output:'/2, subscribeCaller/1, unsubscribeCaller/1]).

%% Enters a process of this node or another as one who listens.
-spec subscribe(pid()) -> ok.
subscribe(Pid) when is_pid(Pid) ->
    true = ets:insert(table(), {Pid}),
    ok.

-spec unsubscribe(pid()) -> ok.
unsubscribe(Pid) when is_pid(Pid) ->
    true = ets:delete(table(), Pid),
    ok.

table() -> beamtalk_table_owner:table(?MODULE, set).

%% The new transcript belongs to the node: what ends with the process that happens to be the first
%% to show something, such as a test, must not take it along.
-spec 'class spawnApart'({'$class', module()}) -> term().
'class spawnApart'(Class) ->
    {Pid, Monitor} = spawn_monitor(fun() ->
        group_leader(whereis(init), self()),
        exit({transcript, beamtalk_send:send(Class, spawn, [])})
    end),
    receive
        {'DOWN', Monitor, process, Pid, {transcript, Transcript}} -> Transcript;
        {'DOWN', Monitor, process, Pid, Reason} -> exit(Reason)
    end.

%% Runs in the transcript's process.
-spec 'output:'(term(), binary()) -> nil.
'output:'(_, Text) ->
    case listeners() of
        [] -> to_caller(Text);
        Pids -> lists:foreach(fun(Pid) -> Pid ! {beamtalk_transcript, Text} end, Pids)
    end,
    nil.

listeners() ->
    {Living, Gone} = lists:partition(fun is_living/1, [Pid || {Pid} <- ets:tab2list(table())]),
    lists:foreach(fun unsubscribe/1, Gone),
    Living.

is_living(Pid) when node(Pid) =:= node() -> is_process_alive(Pid);
is_living(Pid) -> lists:member(node(Pid), [node() | nodes(connected)]).

to_caller(Text) ->
    Leader = leader(caller()),
    try io:put_chars(Leader, Text)
    catch error:_ -> io:put_chars(user, Text)
    end.

leader(Pid) when is_pid(Pid), node(Pid) =:= node() ->
    case process_info(Pid, group_leader) of
        {group_leader, Leader} -> Leader;
        undefined -> user
    end;
leader(_) ->
    user.

%% The process whose send is being handled: the last that waits.
caller() ->
    case get('$bt_chain') of
        [Pid | _] -> Pid;
        _ -> none
    end.

-spec subscribeCaller(term()) -> nil.
subscribeCaller(_) -> with_caller(fun subscribe/1).

-spec unsubscribeCaller(term()) -> nil.
unsubscribeCaller(_) -> with_caller(fun unsubscribe/1).

with_caller(Fun) ->
    case caller() of
        none -> nil;
        Pid ->
            ok = Fun(Pid),
            nil
    end.
