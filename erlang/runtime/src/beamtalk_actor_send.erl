%% @doc Messages to actors, as they leave: calls, requests whose answers are collected later, and casts;
%% and the errors of those that get no answer. All of it runs in the sender's process.
-module(beamtalk_actor_send).

%% The tag of a call is an improper list, as OTP writes it.
-dialyzer(no_improper_lists).

-export([call/3, call/4, request/4, reply_value/1, send_request/4, destination/2, cast/3]).
-export([dead/3, timed_out/3]).

-define(IMPLIED_TIMEOUT, 5000).

%% Sends and waits, within the limit that a plain send has.
-spec call(beamtalk_actor:reference_(), atom(), [term()]) -> term().
call(Actor, Selector, Args) ->
    call(Actor, Selector, Args, ?IMPLIED_TIMEOUT).

%% This is `gen_server:call' written out: an alias that a late answer cannot pass, one receive.
-spec call(beamtalk_actor:reference_(), atom(), [term()], timeout()) -> term().
call({'$actor', Module, To}, Selector, Args, Limit) ->
    Target = target(To, Module, Selector, Limit),
    Chain = chain(),
    case waits(Target, Chain) of
        true -> in_chain(Module, Selector, Target, Args);
        false -> exchange(Module, Selector, Args, Limit, Target, Chain)
    end.

exchange(Module, Selector, Args, Limit, Target, Chain) ->
    Mref = erlang:monitor(process, Target, [{alias, reply_demonitor}]),
    Target ! {'$gen_call', {self(), [alias | Mref]}, {'$bt', Selector, Args, Chain}},
    receive
        {[alias | Mref], {ok, Value}} ->
            Value;
        {[alias | Mref], {error, Exception}} ->
            beamtalk_block:raise_answer(Exception);
        {'DOWN', Mref, _, _, Reason} ->
            erlang:error(dead(Module, Selector, Reason))
    after Limit ->
        erlang:demonitor(Mref, [flush]),
        receive
            {[alias | Mref], Reply} -> reply_value(Reply)
        after 0 -> erlang:error(timed_out(Module, Selector, Limit))
        end
    end.

%% The value of an answer as it came from the actor.
-spec reply_value({ok, term()} | {error, term()}) -> term().
reply_value({ok, Value}) -> Value;
reply_value({error, Exception}) -> beamtalk_block:raise_answer(Exception).

%% Sends without waiting; the answer is collected by `beamtalk_future:value/1' in this process.
-spec request(beamtalk_actor:reference_(), atom(), [term()], beamtalk_send:site() | {'$limit', timeout(), beamtalk_send:site()}) ->
    term().
request({'$actor', Module, To}, Selector, Args, Site) ->
    Target = target(To, Module, Selector, ?IMPLIED_TIMEOUT),
    Chain = chain(),
    case waits(Target, Chain) of
        true -> in_chain(Module, Selector, Target, Args);
        false -> open_request(Module, Selector, Args, Site, Target, Chain)
    end.

open_request(Module, Selector, Args, Site, Target, Chain) ->
    Mref = erlang:monitor(process, Target, [{alias, reply_demonitor}]),
    Target ! {'$gen_call', {self(), [alias | Mref]}, {'$bt', Selector, Args, Chain}},
    Request = {'$request', Mref, Target, Module, Selector, Site},
    beamtalk_future:note_request(Request),
    Request.

%% Sends a call whose answer goes to another process, as `{Tag, Answer}'. The message leaves from
%% here, so that the order of this process's sends is kept.
-spec send_request(pid() | {atom(), node()}, atom(), [term()], {pid(), reference()}) -> ok.
send_request(Target, Selector, Args, From) ->
    Target ! {'$gen_call', From, {'$bt', Selector, Args, []}},
    ok.

%% Where a message to the actor is sent; raises `#actor_dead' where a name is nobody's.
-spec destination(beamtalk_actor:reference_(), atom()) -> pid() | {atom(), node()}.
destination({'$actor', Module, To}, Selector) -> target(To, Module, Selector, ?IMPLIED_TIMEOUT).

-spec cast(beamtalk_actor:reference_(), atom(), [term()]) -> ok.
cast({'$actor', _Module, To}, Selector, Args) ->
    Message = {'$gen_cast', {'$bt', Selector, Args}},
    case To of
        Pid when erlang:node(Pid) =:= node() ->
            Pid ! Message;
        Name when is_atom(Name) ->
            cast_to_name(Name, Message);
        {Name, Node} when Node =:= node() ->
            cast_to_name(Name, Message);
        Pid when is_pid(Pid) ->
            cast_to(erlang:node(Pid), Pid, Message);
        {_, Node} = Remote ->
            cast_to(Node, Remote, Message)
    end,
    ok.

cast_to_name(Name, Message) ->
    case whereis(Name) of
        undefined -> ok;
        Pid -> Pid ! Message
    end.

%% Nobody waits for a cast: one that cannot be delivered is lost, as casts to dead actors are.
cast_to(Node, To, Message) ->
    case beamtalk_node_gate:pass(Node, ?IMPLIED_TIMEOUT) of
        ok -> To ! Message;
        {error, _} -> ok
    end.

%% Who waits for the message that this process works on.
chain() ->
    case get('$bt_chain') of
        undefined -> [];
        Chain -> Chain
    end.

%% Is the target one of those that wait for this process? Who holds a name of another node is asked
%% there, where one of that node waits at all.
waits(_, []) ->
    false;
waits({Name, Node}, Chain) ->
    There = [Pid || Pid <- Chain, erlang:node(Pid) =:= Node],
    There =/= [] andalso lists:member(beamtalk_actor:whereis_name(Name, Node), There);
waits(Pid, Chain) ->
    lists:member(Pid, Chain).

%% Where a message goes, once it may: another node can have to be waited for.
target(Pid, _, _, _) when erlang:node(Pid) =:= node() -> Pid;
target(Name, Module, Selector, _) when is_atom(Name) ->
    case whereis(Name) of
        undefined -> erlang:error(dead(Module, Selector, noproc));
        Pid -> Pid
    end;
target({Name, Node}, Module, Selector, Limit) when Node =:= node() ->
    target(Name, Module, Selector, Limit);
target({_, Node} = Remote, Module, Selector, Limit) ->
    through(Node, Remote, Module, Selector, Limit);
target(Pid, Module, Selector, Limit) ->
    through(erlang:node(Pid), Pid, Module, Selector, Limit).

through(Node, Target, Module, Selector, Limit) ->
    case beamtalk_node_gate:pass(Node, Limit) of
        ok -> Target;
        {error, Why} -> erlang:error(dead(Module, Selector, {closed_node, Node, Why}))
    end.

%% A named actor that sends to itself by its name makes a plain call; any other actor of the chain
%% cannot answer before this one has.
in_chain(Module, Selector, Self, Args) when Self =:= self() ->
    Module:'$send'(Selector, {'$actor', Module, Self}, Args);
in_chain(Module, Selector, Target, _Args) ->
    Name = beamtalk_class:name(Module),
    Message = [
        atom_to_binary(Name), <<" ">>, beamtalk_print:symbol(Selector),
        <<" would wait for an actor that waits for this one">>
    ],
    beamtalk_exception:raise(
        deadlock_detected,
        Name,
        Selector,
        Message,
        <<"Let one side cast (selector!) or answer before it calls back">>,
        Target
    ).

%% The error of a send whose receiver has ended.
-spec dead(module(), atom(), term()) -> beamtalk_exception:exception().
dead(Module, Selector, Reason) ->
    Name = beamtalk_class:name(Module),
    {Kind, Text} = death(Reason),
    beamtalk_exception:make(
        Kind, Name, Selector, [atom_to_binary(Name), Text], nil, Reason
    ).

death(noproc) -> {actor_dead, <<" is not alive">>};
death(noconnection) -> {node_down, <<" is on a node that is down; the message may or may not have happened">>};
death({closed_node, Node, Why}) -> {node_down, [<<" is on ">>, beamtalk_node:why_closed(Node, Why)]};
death(normal) -> {actor_dead, <<" stopped before it answered">>};
death(killed) -> {actor_dead, <<" was killed before it answered">>};
death(Reason) -> {actor_dead, [<<" died before it answered: ">>, beamtalk_print:brief(Reason)]}.

-spec timed_out(module(), atom(), timeout()) -> beamtalk_exception:exception().
timed_out(Module, Selector, Limit) ->
    Name = beamtalk_class:name(Module),
    beamtalk_exception:make(
        timeout,
        Name,
        Selector,
        io_lib:format("~ts ~ts did not answer within ~w ms", [
            Name, beamtalk_print:symbol(Selector), Limit
        ]),
        <<"The message may still be carried out. Use withTimeout: to wait longer">>,
        Limit
    ).
