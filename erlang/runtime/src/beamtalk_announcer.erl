%% @doc Primitives of `Announcer' and its subscriptions. Handlers run in the process that announces,
%% one after the other; one that fails is logged, and the others run.
-module(beamtalk_announcer).

-export(['class new'/1, 'when:do:'/3, 'when:doOnce:'/3, 'when:do:for:'/4, 'when:send:to:'/4]).
-export(['announce:'/2, unsubscribe/1, 'unsubscribe:'/2, subscriptions/1, isActive/1]).

-define(NAME, 'Announcer').

-type announcer() :: #{'__class__' := module(), id := beamtalk_subscriptions:id()}.

-spec 'class new'(beamtalk_class:class_object()) -> announcer().
'class new'({'$class', Module}) -> #{'__class__' => Module, id => make_ref()}.

%%% Subscribing

-spec 'when:do:'(announcer(), term(), term()) -> map().
'when:do:'(Self, Class, Block) ->
    add(Self, Class, block(Block, 'when:do:'), nil, false, 'when:do:').

-spec 'when:doOnce:'(announcer(), term(), term()) -> map().
'when:doOnce:'(Self, Class, Block) ->
    add(Self, Class, block(Block, 'when:doOnce:'), nil, true, 'when:doOnce:').

-spec 'when:do:for:'(announcer(), term(), term(), term()) -> map().
'when:do:for:'(Self, Class, Block, Owner) ->
    add(Self, Class, block(Block, 'when:do:for:'), Owner, false, 'when:do:for:').

-spec 'when:send:to:'(announcer(), term(), term(), term()) -> map().
'when:send:to:'(Self, Class, Selector, Receiver) ->
    Symbol = beamtalk_check:symbol(Selector, ?NAME, 'when:send:to:'),
    beamtalk_selector:arity(Symbol) =< 1 orelse
        beamtalk_check:invalid(?NAME, 'when:send:to:', <<"expects a selector of at most one argument">>, nil),
    add(Self, Class, {send, Symbol, Receiver}, Receiver, false, 'when:send:to:').

block(Block, _) when is_function(Block, 0); is_function(Block, 1); is_function(Block, 2) -> {block, Block};
block(Block, Selector) -> {block, beamtalk_check:block(Block, 1, ?NAME, Selector)}.

add(#{id := Id} = Self, Class, Action, Owner, Once, Selector) ->
    Process = process_of(Owner),
    Added = beamtalk_subscriptions:add(#{
        announcer => Id,
        modules => modules(Class, Selector),
        action => Action,
        owner => Owner,
        process => Process,
        once => Once
    }),
    subscription(Self, Added).

%% A subscription ends with the actor or process that it is for, else with the one that makes it.
process_of(Pid) when is_pid(Pid) -> Pid;
process_of({'$proxy', Actor, _}) -> process_of(Actor);
process_of({'$actor', _, _} = Actor) ->
    case beamtalk_actor:resolve(Actor) of
        Pid when is_pid(Pid) -> Pid;
        _ -> self()
    end;
process_of(_) -> self().

modules({'$class', Module}, _) -> [Module];
modules(#{'__class__' := 'bt@stdlib@ExceptionSet', classes := Classes}, Selector) ->
    lists:append([modules(Class, Selector) || Class <- Classes]);
modules([_ | _] = Classes, Selector) -> lists:append([modules(Class, Selector) || Class <- Classes]);
modules(Other, Selector) ->
    beamtalk_exception:type_error(?NAME, Selector, <<"a class of announcements">>, Other).

subscription(Self, #{number := Number, modules := Modules, owner := Owner, process := Process}) ->
    #{
        '__class__' => 'bt@stdlib@AnnouncementSubscription',
        announcer => Self,
        classes => [{'$class', Module} || Module <- Modules],
        owner => Owner,
        process => Process,
        number => Number
    }.

%%% Leaving

%% What the calling process has subscribed, and what it is the owner of.
-spec unsubscribe(announcer()) -> announcer().
unsubscribe(#{id := Id} = Self) ->
    Own = self(),
    _ = beamtalk_subscriptions:remove(Id, fun(#{process := Process}) -> Process =:= Own end),
    Self.

%% One subscription, or all of an owner.
-spec 'unsubscribe:'(announcer(), term()) -> announcer().
'unsubscribe:'(#{id := Id} = Self, #{'__class__' := 'bt@stdlib@AnnouncementSubscription', number := Number}) ->
    _ = beamtalk_subscriptions:take(Id, Number),
    Self;
'unsubscribe:'(#{id := Id} = Self, Owner) ->
    _ = beamtalk_subscriptions:remove(Id, fun(#{owner := Of}) -> beamtalk_order:equal(Of, Owner) end),
    Self.

-spec subscriptions(announcer()) -> [map()].
subscriptions(#{id := Id} = Self) ->
    [subscription(Self, Each) || Each <- beamtalk_subscriptions:of_announcer(Id)].

%% Whether a subscription is still there.
-spec isActive(map()) -> boolean().
isActive(#{announcer := #{id := Id}, number := Number}) ->
    lists:any(fun(#{number := N}) -> N =:= Number end, beamtalk_subscriptions:of_announcer(Id)).

%%% Announcing

%% A class stands for a new instance of it. Answers the announcement.
-spec 'announce:'(announcer(), term()) -> term().
'announce:'(Self, {'$class', _} = Class) ->
    'announce:'(Self, beamtalk_send:send(Class, new, []));
'announce:'(#{id := Id} = Self, Announcement) ->
    Module = beamtalk_class:class_of(Announcement),
    lists:foreach(
        fun(#{modules := Modules} = Subscription) ->
            lists:any(fun(Wanted) -> beamtalk_class:inherits(Module, Wanted) end, Modules) andalso
                deliver(Subscription, Self, Announcement)
        end,
        beamtalk_subscriptions:of_announcer(Id)
    ),
    Announcement.

%% Whoever takes a subscription for one announcement runs it.
deliver(#{once := true, announcer := Id, number := Number} = Subscription, Self, Announcement) ->
    beamtalk_subscriptions:take(Id, Number) andalso run(Subscription, Self, Announcement);
deliver(Subscription, Self, Announcement) ->
    run(Subscription, Self, Announcement).

run(#{action := Action}, Self, Announcement) ->
    try
        _ = act(Action, Self, Announcement),
        true
    catch
        error:Reason:Stack -> failed(beamtalk_exception:from(error, Reason, Stack), Announcement)
    end.

act({block, Block}, _, _) when is_function(Block, 0) -> Block();
act({block, Block}, _, Announcement) when is_function(Block, 1) -> Block(Announcement);
act({block, Block}, Self, Announcement) -> Block(Announcement, Self);
%% An actor is not waited for.
act({send, Selector, Receiver}, _, Announcement) ->
    Args = lists:sublist([Announcement], beamtalk_selector:arity(Selector)),
    beamtalk_send:cast(Receiver, Selector, Args, nil).

failed(Exception, Announcement) ->
    logger:error("A handler of ~ts failed: ~ts", [
        beamtalk_print:print_string(beamtalk_class:class_object(Announcement)),
        beamtalk_exception:message_of(Exception)
    ]),
    true.
